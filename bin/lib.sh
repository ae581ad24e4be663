# shellcheck shell=bash
# What the scripts of bin/ share: where things are, which JDK, building. Sourced, never run.
# Whoever sources this has set `root` to the repository's folder.

set -euo pipefail

# shellcheck source=bin/programs.sh
. "$root/bin/programs.sh"

oldest_jdk=25.0.3       # 25.0.0 to 25.0.2 corrupt zstd's output with G1 (JDK-8377811)
built=$root/target/built # as old as the sources of the last build

say() { printf 'exitbox: %s\n' "$*" >&2; }
die() {
    local status=$1
    shift
    say "$@"
    exit "$status"
}

# The home of the person who typed the command, also under sudo.
caller_home() {
    if [ "$EUID" = 0 ] && [ -n "${SUDO_USER:-}" ]; then
        getent passwd "$SUDO_USER" | cut -d: -f6
    else
        echo "${HOME:-/}"
    fi
}

# Prints JDK homes that might do, beside those that are tried first.
jdk_candidates() {
    local home
    home=$(caller_home)
    printf '%s\n' /usr/lib/jvm/* /opt/*jdk* /opt/java/* "$home"/.sdkman/candidates/java/* "$home"/.jdks/* /usr/local/*jdk*
}

# True when $1 is a Java of version $oldest_jdk or newer, and one to build with where there are sources. Reads its `release` file: no JVM is started.
jdk_does() {
    local line version='' have=() want=() i
    [ -x "$1/bin/java${below:+c}" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in JAVA_VERSION=*) version=${line#*=} version=${version//\"/} ;; esac
    done <"$1/release"
    IFS=. read -ra have <<<"${version%%[-+_]*}"
    IFS=. read -ra want <<<"$oldest_jdk"
    for i in 0 1 2; do
        [[ ${have[i]:=0} =~ ^[0-9]+$ ]] || return 1
        ((have[i] == want[i])) || return $((have[i] < want[i]))
    done
}

# Exports JAVA_HOME, or returns 1.
find_jdk() { find_jdk_that true; }

# The same, where the command $1 has to say yes to the home.
find_jdk_that() {
    local home last=''
    [ ! -r "$root/recorder$below/java" ] || read -r last <"$root/recorder$below/java"
    # Without a process more at each start.
    for home in "${JAVA_HOME:-}" "$last"; do
        if [ -n "$home" ] && jdk_does "$home" && "$1" "$home"; then
            export JAVA_HOME=$home
            return 0
        fi
    done
    while IFS= read -r home; do
        if jdk_does "$home" && "$1" "$home"; then
            export JAVA_HOME=$home
            return 0
        fi
    done <<<"$(jdk_candidates)" # not < <(): nobody waits for that one, and it would stay a zombie below the JVM
    return 1
}

# True under sudo when the repository is the caller's to write: then what is built belongs to them.
builds_for_caller() {
    # shellcheck disable=SC2016
    [ "$EUID" = 0 ] && [ "${SUDO_UID:-0}" != 0 ] &&
        setpriv --reuid="$SUDO_UID" --regid="$SUDO_GID" --init-groups sh -c '[ -w "$1" ]' - "$root"
}

# Runs a command as the one whom the build belongs to.
as_builder() {
    if builds_for_caller; then
        setpriv --reuid="$SUDO_UID" --regid="$SUDO_GID" --init-groups \
            env HOME="$(caller_home)" USER="$SUDO_USER" LOGNAME="$SUDO_USER" "$@"
    else
        "$@"
    fi
}

# Gives what root made in these folders to the one whom the build belongs to.
hand_over() {
    ! builds_for_caller || find "$@" -user root -exec chown -h "$SUDO_UID:$SUDO_GID" {} +
}

# Prints Maven's command line for this repository, one word a line. Its own libraries use what JDK 25 warns about.
maven_command() {
    local commit
    commit=$(as_builder git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || commit=unknown
    printf '%s\n' env "JAVA_HOME=$JAVA_HOME" \
        "MAVEN_OPTS=${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
        mvn -f "$root/pom.xml" --batch-mode --no-transfer-progress -Dstyle.color=never "-Dgit.commit=$commit"
}

# The lines of a Maven log that say what went wrong.
maven_errors() {
    sed -nE 's/^\[ERROR\] *//p; s/^\[WARNING\] (.*\.java:)/warning: \1/p' "$1" | sed '/^$/d; /Help 1\]\|^After correcting\|^To see the full\|^Re-run Maven\|^For more information\|rf :/d' | head -30
}

# True when a source of the programs is newer than the last build. Folders count: they change when a file vanishes.
stale() {
    [ -e "$built" ] && [ -e "$root/recorder/target/recorder.jar" ] && [ -e "$root/analyzer/target/analyzer.jar" ] || return 0
    [ -n "$(cd "$root" && find pom.xml {schemas,recorder,analyzer}/{pom.xml,src/main} bpf/{pom.xml,compile,src/main} \
        bin/{programs.sh,RenewClasses.java} -newer "$built" -print -quit)" ]
}

# Builds both programs and their AOT caches when a source is newer. Two builds at once wait for each other.
build() {
    [ -n "$below" ] && [ -z "${EXITBOX_NO_BUILD:-}" ] && stale || return 0
    "$root/bin/setup" || exit
    find_jdk || exit 69
    as_builder mkdir -p "$root/target" || die 73 "cannot build: $root is not writable for you"
    as_builder touch "$root/target/lock" "$root/target/build.log"
    (
        flock 9
        stale || exit 0
        say "building (a minute or two the first time; log: target/build.log)"
        begin_build
        readarray -t mvn < <(maven_command)
        as_builder "${mvn[@]}" package -Dmaven.test.skip=true >"$root/target/build.log" 2>&1 || {
            maven_errors "$root/target/build.log" >&2
            die 69 "the build failed — the whole log is $root/target/build.log"
        }
        finish_build
    ) 9>"$root/target/lock" || exit
}

# Remembers when the build began, so that a source saved meanwhile counts as newer.
begin_build() {
    as_builder rm -f "$built"
    as_builder touch "$root/target/begun"
}

# Makes the AOT caches for the jars that stand, and marks the build as done.
finish_build() {
    local program
    for program in recorder analyzer; do
        has_cache "$program" || make_cache "$program"
    done
    hand_over "$root"/*/target
    as_builder touch -r "$root/target/begun" "$built"
}
