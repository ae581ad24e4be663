// Has processes killed and says the truth about each: "CASE PID START STATUS CAUSE KILLER ADDRESS", where KILLER is the pid
// of who sent the signal, and a dash stands for nobody, for no cause and for no address. KillersIT compares recordings with it.
//   cc -O2 -pthread kills.c -o kills; ./kills 10; ./kills 1 /sys/fs/cgroup/memory/some-group

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 0

static const char *group; // folder of a memory cgroup with a limit

static void die(const char *what)
{
    perror(what);
    _exit(99);
}

static unsigned long long start_of(pid_t pid)
{
    unsigned long long start = 0;
    char path[64], text[1024];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = fopen(path, "r");
    if (!file)
        die(path);
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = 0;
    sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &start);
    return start;
}

static void reap(const char *what, pid_t pid, const char *cause, pid_t killer, const char *address)
{
    unsigned long long start;
    siginfo_t info;
    int status;

    while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
        if (errno != EINTR)
            die("waitid");
    start = start_of(pid);
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    printf("%s %d %llu %d %s ", what, pid, start, status, cause);
    if (killer)
        printf("%d %s\n", killer, address);
    else
        printf("- %s\n", address);
}

static pid_t start(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (!pid)
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    return pid;
}

static void wait_forever(void)
{
    for (;;)
        pause();
}

// A child that waits until it is killed.
static pid_t victim(void)
{
    pid_t pid = start();

    if (!pid)
        wait_forever();
    return pid;
}

static void from_outside(void)
{
    union sigval value = {.sival_int = 7};
    pid_t pid = victim();
    int fd;

    kill(pid, SIGTERM);
    reap("kill", pid, "user", getpid(), "-");
    pid = victim();
    syscall(SYS_tgkill, pid, pid, SIGKILL);
    reap("tgkill", pid, "user", getpid(), "-");
    pid = victim();
    sigqueue(pid, SIGUSR1, value);
    reap("sigqueue", pid, "user", getpid(), "-");
    pid = victim();
    fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 || syscall(SYS_pidfd_send_signal, fd, SIGINT, NULL, 0))
        die("pidfd_send_signal");
    close(fd);
    reap("pidfd_send_signal", pid, "user", getpid(), "-");
    pid = victim();
    setpgid(pid, pid);
    killpg(pid, SIGQUIT);
    reap("killpg", pid, "user", getpid(), "-");
}

// A signal that is blocked or handled does not kill; the one behind it does.
static void terminate_then_kill(void)
{
    int ready[2];
    char byte;
    pid_t pid;

    if (pipe(ready))
        die("pipe");
    pid = start();
    if (!pid) {
        sigset_t term;

        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        sigprocmask(SIG_BLOCK, &term, NULL);
        if (write(ready[1], "", 1) != 1)
            die("write");
        wait_forever();
    }
    if (read(ready[0], &byte, 1) != 1)
        die("read");
    close(ready[0]);
    close(ready[1]);
    kill(pid, SIGTERM);
    kill(pid, SIGKILL);
    reap("term-then-kill", pid, "user", getpid(), "-");
}

// The kernel sends what the child asked for to hear of its parent's end.
static void parent_death(void)
{
    int told[2];
    pid_t parent, pid;

    if (pipe(told))
        die("pipe");
    parent = start();
    if (!parent) {
        int ready[2];
        char byte;

        if (pipe(ready))
            die("pipe");
        pid = start();
        if (!pid) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (write(ready[1], "", 1) != 1)
                die("write");
            wait_forever();
        }
        if (read(ready[0], &byte, 1) != 1 || write(told[1], &pid, sizeof(pid)) != sizeof(pid))
            die("parent");
        _exit(0);
    }
    if (read(told[0], &pid, sizeof(pid)) != sizeof(pid))
        die("read");
    close(told[0]);
    close(told[1]);
    reap("parent", parent, "-", NOBODY, "-");
    reap("parent-death", pid, "parent_death", parent, "-");
}

static void without_getppid(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        die("seccomp");
    syscall(SYS_getppid);
}

static void by_itself_or_the_kernel(void)
{
    int end[2];
    pid_t pid = start();

    if (!pid)
        abort();
    reap("abort", pid, "self", pid, "-");
    pid = start();
    if (!pid) {
        raise(SIGTERM);
        wait_forever();
    }
    reap("raise", pid, "self", pid, "-");
    pid = start();
    if (!pid)
        *(volatile int *)0x1230 = 1;
    reap("segv", pid, "fault", NOBODY, "4656");
    pid = start();
    if (!pid) {
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 1000}, NULL);
        wait_forever();
    }
    reap("alarm", pid, "timer", NOBODY, "-");
    pid = start();
    if (!pid)
        without_getppid();
    reap("seccomp", pid, "seccomp", NOBODY, "-");
    if (pipe(end))
        die("pipe");
    close(end[0]);
    pid = start();
    if (!pid) {
        signal(SIGPIPE, SIG_DFL);
        if (write(end[1], "", 1) < 0)
            die("write");
    }
    reap("sigpipe", pid, "kernel", NOBODY, "-");
    close(end[1]);
    pid = start();
    if (!pid)
        _exit(3);
    reap("exit", pid, "-", NOBODY, "-");
}

static void run_out_of_memory(void)
{
    char path[4096];
    pid_t pid = start();

    if (!pid) {
        FILE *file;

        snprintf(path, sizeof(path), "%s/cgroup.procs", group);
        file = fopen(path, "w");
        if (!file || fprintf(file, "%d", getpid()) < 0 || fclose(file))
            die(path);
        for (;;) {
            char *more = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

            if (more != MAP_FAILED)
                memset(more, 1, 1 << 20);
        }
    }
    reap("oom", pid, "oom", pid, "-");
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1;

    group = argc > 2 ? argv[2] : NULL;
    // Whoever started this in the background may have had it ignore some.
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int i = 0; i < rounds; i++) {
        from_outside();
        terminate_then_kill();
        parent_death();
        by_itself_or_the_kernel();
    }
    if (group)
        run_out_of_memory();
    return 0;
}
