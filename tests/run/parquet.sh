# shellcheck shell=bash
# Files of vigil.parquet_agg in other programs, pyarrow and DuckDB: tests/parquet/readers prints TAP.
clean_database

# The programs in an environment of their own, made on first use in the user's cache folder.
readonly READERS=(pyarrow==26.0.1 duckdb==2.0.0)
readers_python() {
    local version folder
    version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    folder=$VIGIL_CACHE/parquet-${READERS[*]#*==}-python$version
    folder=${folder// /-}
    if [[ ! -e $folder/ready ]]; then
        rm -rf "$folder"
        install_packages python3-venv
        say "installing ${READERS[*]} into $folder (once)"
        if ! { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet "${READERS[@]}"; } >&2; then return 1; fi
        touch "$folder/ready"
    fi
    echo "$folder/bin/python"
}
must "pyarrow and DuckDB are there" readers_python
check_tap run_with_instance "$(readers_python)" -B "$VIGIL_HOME/tests/parquet/readers"
