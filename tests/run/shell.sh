# shellcheck shell=bash
# Every shell script passes shellcheck.
while IFS= read -r file; do
    check "shellcheck $file" shellcheck -x -P "$VIGIL_HOME" "$VIGIL_HOME/$file"
done < <(cd "$VIGIL_HOME" && git -c safe.directory='*' ls-files --cached --others --exclude-standard |
    while IFS= read -r file; do
        if [[ $file == *.sh ]] || { [[ -x $file && -f $file ]] && head -c 20 "$file" | grep -q '^#!.*bash'; }; then
            echo "$file"
        fi
    done)
