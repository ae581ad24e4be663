# shellcheck shell=bash disable=SC2034,SC2154
# The two programs: their JVM flags, in one visible place, and their AOT caches. Sourced by bin/exitbox and bin/lib.sh.
# What a program needs to run at all (native access, opened packages) stands in its jar's manifest.

# Where a program's jar, libraries and cache are: below target/ where it was built, in its own folder where it was installed.
if [ -e "$root/pom.xml" ]; then below=/target training=testdata/recordings/demo; else below='' training=training; fi

# C1 alone: the recorder's work is short loops. A small heap, as memory that a collection could free counts as used; that it
# suffices for every spool is tested (SmallHeapTest). What was freed of the native heap is given back.
recorder_jvm=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms12m -Xmn6m -Xmx24m -XX:TrimNativeHeapInterval=10000 -XX:AsyncDeflationInterval=10000 -Xss512k)

# Besides, for the recorder of a command, which inherits what the JVM does not change: its signals (QUIT prints nothing),
# the limit of open files, what goes into a core. (Attaching is done by QUIT.)
runner_jvm=(-Xrs -XX:+DisableAttachMechanism -XX:-MaxFDLimit -XX:-DumpPrivateMappingsInCore -XX:-DumpSharedMappingsInCore)

# Rows stream through; DuckDB has its own memory, outside the heap. But a catalog of years is read as a whole.
analyzer_jvm=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms32m -Xmx1g)

# Both: nothing in the temporary folder, nothing of the JVM's own between the program's lines. The AOT cache is mapped
# where it was made for: moving it elsewhere at each start takes 20 ms and makes 20 MB of it private.
common_jvm=(-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr --sun-misc-unsafe-memory-access=allow
    -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8)

# Sets `command` to the java command line of program $1, without its arguments.
program() {
    local -n flags=$1_jvm
    local target=$root/$1$below
    command=("$JAVA_HOME/bin/java" "${common_jvm[@]}" "${flags[@]}"
        "-Djava.library.path=$target/native" "-Darrow.cdata.library.path=$target/native")
}

# Makes the AOT cache of program $1, for this JDK and this place, by a run of it; what it is for stands beside it.
# A program without a cache works too, so failing is not fatal.
make_cache() {
    local folder
    case $1 in
        # As root a recording of a moment, from arming to sealing; otherwise what runs before the kernel says no.
        recorder)
            folder=$(mktemp -d) || return
            train recorder record -d "$folder" --duration 200ms
            rm -rf "$folder"
            ;;
        analyzer) train analyzer sql -d "$root/$training" "SELECT reason, count(*) FROM deaths GROUP BY ALL" ;;
    esac
    printf '%s\n' "$JAVA_HOME" >"$root/$1$below/java"
}

# True when program $1 has a cache for this JDK. One older than the jar is for none: the JVM would take classes of
# another build from it without a word.
has_cache() {
    local target=$root/$1$below jdk
    [ "$target/$1.aot" -nt "$target/$1.jar" ] && [ -r "$target/java" ] && read -r jdk <"$target/java" && [ "$jdk" = "$JAVA_HOME" ]
}

# The classes that one run of program $1 with the arguments that follow needs.
train() {
    local command target=$root/$1$below log=/dev/null
    [ -z "$below" ] || log=$root/target/build.log
    program "$1"
    rm -f "$target/$1.aot"
    [ -z "$below" ] || "$JAVA_HOME/bin/java" "$root/bin/RenewClasses.java" "$target/$1.jar" >>"$log" 2>&1 || true
    "${command[@]}" "-XX:ErrorFile=${log%.log}-$1.err" "-XX:AOTCacheOutput=$target/$1.aot" -jar "$target/$1.jar" "${@:2}" </dev/null >>"$log" 2>&1 || true
    # A JVM that dies while it writes the cache leaves an empty one, which every start would complain about.
    [ -s "$target/$1.aot" ] || rm -f "$target/$1.aot"
}
