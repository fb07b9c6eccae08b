# Bulk loading of CSV files.
# shellcheck shell=bash

readonly IMPORT_USAGE='./dev import --tenant NAME --profile NAME --device NAME [--time-column COLUMN] [--start TIME --step INTERVAL] [--skip COLUMN,...] FILE.csv[.gz]...'

import_files() {
    local tenant='' profile='' device='' time_column='' start='' step='' skip='' files=() file rejected=0
    while [[ $# -gt 0 ]]; do
        case $1 in
            --tenant | --profile | --device | --time-column | --start | --step | --skip)
                [[ $# -ge 2 ]] || die "$1 needs a value" "$IMPORT_USAGE"
                local name=${1#--}
                printf -v "${name//-/_}" %s "$2"
                shift 2
                ;;
            -*) die "unknown option $1" "$IMPORT_USAGE" ;;
            *) files+=("$1") && shift ;;
        esac
    done
    [[ -n $tenant && -n $profile && -n $device && ${#files[@]} -gt 0 ]] ||
        die "tenant, profile, device and at least one file are needed" "$IMPORT_USAGE"
    if [[ -n $start && -z $step || -z $start && -n $step ]]; then
        die "--start and --step belong together" "Give both, or name the column with timestamps by --time-column."
    fi
    database_ready || die "instance $VIGIL_INSTANCE is not running" "Start it with ./dev up."
    for file in "${files[@]}"; do
        [[ -r $file ]] || die "cannot read $file" \
            "Check the path; files under /etc, /usr and /var are not visible inside the Debian 13 root."
    done
    for file in "${files[@]}"; do
        import_file "$file" || rejected=1
    done
    [[ $rejected -eq 0 ]] || exit 3
}

# The file's text, with a progress bar on a terminal.
read_lines() {
    local show=(pv --name "${1##*/}")
    [[ -t 2 ]] || show+=(--quiet)
    if [[ $1 == *.gz ]]; then "${show[@]}" "$1" | gzip -dc; else "${show[@]}" "$1"; fi | tr -d '\r'
}

# import_file FILE: fails when lines were rejected. Uses the options of import_files.
import_file() {
    local file=$1 folder result from=$EPOCHREALTIME milliseconds accepted duplicates rejected points
    folder=$(mktemp -d)
    # shellcheck disable=SC2064 # this folder
    trap "rm -rf '$folder'" EXIT
    # One line in, one row out: neither character occurs in a text file.
    cat >"$folder/load.sql" <<'SQL'
\set ON_ERROR_STOP on
\set SHOW_CONTEXT never
set client_min_messages = warning;
create temp table import_line (line_no bigint generated always as identity, line text);
\copy import_line (line) from pstdin with (format csv, delimiter E'\x01', quote E'\x02')
\getenv tenant IMPORT_TENANT
\getenv profile IMPORT_PROFILE
\getenv device IMPORT_DEVICE
\getenv header IMPORT_HEADER
\getenv time_column IMPORT_TIME_COLUMN
\getenv start IMPORT_START
\getenv step IMPORT_STEP
\getenv skip IMPORT_SKIP
analyze import_line;
select accepted, duplicates, rejected, points
from fleet.import_lines(:'tenant', :'profile', :'device', :'header', nullif(:'time_column', ''),
    nullif(:'start', '')::timestamptz, nullif(:'step', '')::interval, string_to_array(:'skip', ','));
select format('line %s: %s %s', line_no + 1, code, message) from import_rejected order by line_no limit 10
\g :rejected_file
SQL
    result=$(
        read_lines "$file" | {
            IFS= read -r header || die "$file is empty" "The first line must name the columns."
            IMPORT_TENANT=$tenant IMPORT_PROFILE=$profile IMPORT_DEVICE=$device IMPORT_HEADER=$header \
                IMPORT_TIME_COLUMN=$time_column IMPORT_START=$start IMPORT_STEP=$step IMPORT_SKIP=$skip \
                run_psql -qAt -F ' ' -1 -v rejected_file="$folder/rejected" -f "$folder/load.sql" \
                2> >(sed -E 's/^psql:[^ ]*load\.sql:[0-9]+: //' >&2)
        }
    ) || die "$file was not imported" "Nothing of it was stored. Read the message above."
    read -r accepted duplicates rejected points <<<"$result"
    milliseconds=$(((${EPOCHREALTIME/[.,]/} - ${from/[.,]/}) / 1000))
    [[ ! -s $folder/rejected ]] || cat "$folder/rejected" >&2
    rm -rf "$folder"
    trap - EXIT
    printf '%s: %d accepted, %d already there, %d rejected, %d points in %d.%03d s (%d points/s)\n' "${file##*/}" \
        "$accepted" "$duplicates" "$rejected" "$points" $((milliseconds / 1000)) $((milliseconds % 1000)) \
        $((points * 1000 / (milliseconds > 0 ? milliseconds : 1)))
    [[ $rejected -eq 0 ]]
}
