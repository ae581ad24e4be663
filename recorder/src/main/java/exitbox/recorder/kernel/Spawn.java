package exitbox.recorder.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Starts a program in a new process, with nothing in between: the child's first and only exec is the program's, for
/// there is no helper, and a thread of this process becomes the other user before it starts the child.
public final class Spawn {

    private static final int ATTRIBUTES_BYTES = 1024; // sizeof(posix_spawnattr_t) is 336 with glibc
    private static final long ALL_CAPABILITIES_BYTES = 24; // struct __user_cap_data_struct[2]

    private final Arena arena = Arena.ofShared();
    private final MemorySegment path;
    private final MemorySegment argv;
    private final MemorySegment environment;
    private final MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, 16);
    private final MemorySegment pid = arena.allocate(4, 4);
    private final MemorySegment noCapabilities = arena.allocate(ALL_CAPABILITIES_BYTES, 8);
    private final MemorySegment capabilityHeader = arena.allocate(8, 8);
    private final User user;
    private final MemorySegment groups;
    private String refused;
    private int errno;

    private Spawn(byte[] path, List<byte[]> argv, List<byte[]> environment, long mask, User user) {
        this.path = string(path);
        this.argv = strings(argv);
        this.environment = strings(environment);
        this.user = user;
        this.groups = user == null ? MemorySegment.NULL : arena.allocateFrom(ValueLayout.JAVA_INT, user.groups());
        MemorySegment blocked = arena.allocate(Posix.SIGSET_BYTES, 8);
        blocked.set(ValueLayout.JAVA_LONG, 0, mask);
        Posix.posix_spawnattr_init(attributes);
        Posix.posix_spawnattr_setflags(attributes, Posix.POSIX_SPAWN_SETSIGMASK);
        Posix.posix_spawnattr_setsigmask(attributes, blocked);
        capabilityHeader.set(ValueLayout.JAVA_INT, 0, Posix.LINUX_CAPABILITY_VERSION_3);
    }

    /// What became of it: the child's pid; or the reason why there is none, and its error number.
    ///
    /// @param step what was refused, in words; null when it was the program itself
    public record Outcome(int pid, String step, int errno) {
        public boolean started() {
            return pid > 0;
        }

        /// Whether the program is no program as the kernel sees it: a script without `#!`.
        public boolean isScript() {
            return step == null && errno == Errno.ENOEXEC;
        }

        /// Whether the machine had no room for a process.
        public boolean lacksResources() {
            return errno == Errno.EAGAIN || errno == Errno.ENOMEM;
        }

        /// Whether a file is missing that the program needs before it can begin, such as its interpreter.
        public boolean isMissing() {
            return errno == Errno.ENOENT;
        }

        /// The C library's words for it.
        public String reason() {
            return Posix.strerror(errno);
        }
    }

    /// Starts it. All but what is said here is as in this process: working folder, umask, limits, process group, terminal.
    ///
    /// @param path the file to execute
    /// @param inherited the signals and files that it gets
    /// @param user whom it runs as, without any right of the caller's; null: as the caller
    public static Outcome run(byte[] path, List<byte[]> argv, List<byte[]> environment, Inherited inherited, User user) {
        Spawn spawn = new Spawn(path, argv, environment, inherited.blocked(), user);
        try {
            inherited.restore();
            // The thread's name is the child's until its exec.
            Thread thread = Thread.ofPlatform().name("exitbox").start(spawn::start);
            thread.join();
            return new Outcome(spawn.pid.get(ValueLayout.JAVA_INT, 0), spawn.refused, spawn.errno);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the recorder", e);
        } finally {
            spawn.arena.close();
        }
    }

    /// On a thread that ends after this: it has no way back.
    private void start() {
        if (user == null || become()) {
            errno = Posix.posix_spawn(pid, path, attributes, argv, environment);
            if (errno != 0) {
                pid.set(ValueLayout.JAVA_INT, 0, 0);
            }
        }
    }

    private boolean become() {
        return done("set its groups", Posix.setgroups(user.groups().length, groups))
                && done("set its group", Posix.setresgid(user.gid()))
                && done("drop the ambient capabilities", Posix.clearAmbientCapabilities())
                && done("become that user", Posix.setresuid(user.uid()))
                // The kernel has taken the rights away already, but for inheritable ones and under odd securebits.
                && (user.uid() == 0 || done("drop the capabilities", Posix.capset(capabilityHeader, noCapabilities)));
    }

    private boolean done(String step, int result) {
        if (result != 0) {
            errno = Native.errno();
            refused = step;
        }
        return result == 0;
    }

    private MemorySegment string(byte[] bytes) {
        MemorySegment string = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return string;
    }

    private MemorySegment strings(List<byte[]> list) {
        MemorySegment pointers = arena.allocate((list.size() + 1L) * 8, 8);
        for (int i = 0; i < list.size(); i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, string(list.get(i)).address());
        }
        return pointers;
    }
}
