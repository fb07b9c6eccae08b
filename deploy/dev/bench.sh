# Benchmarks: executable files in bench/, run against the instance.
# shellcheck shell=bash

list_benchmarks() {
    local file
    for file in "$VIGIL_HOME"/bench/*; do
        [[ -f $file && -x $file ]] || continue
        printf '%-20s %s\n' "${file##*/}" "$(sed -n '2s/^[#/" ]*//p' "$file")"
    done
}

run_benchmark() {
    if [[ $# -eq 0 || $1 == list ]]; then
        list_benchmarks
        return
    fi
    [[ $1 != */* && -x $VIGIL_HOME/bench/$1 ]] || die "there is no benchmark '$1'" "Run ./dev bench for the list."
    instance_up
    run_with_instance "$VIGIL_HOME/bench/$1" "${@:2}"
}
