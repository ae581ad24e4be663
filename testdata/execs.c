// Execs in every way there is; each program that was begun says itself what it is: "CASE PID START COMM EXE CWD ARGUMENTS",
// the last four as hex of what /proc has of it. ExecsIT compares recordings with it.
//   cc -O2 -pthread execs.c -o execs; ./execs FOLDER 10     (the folder takes a script)

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE "EXECS_CASE"

static char self[4096];
static char *environment[2];

static void die(const char *what)
{
    perror(what);
    _exit(99);
}

static void hex(const char *bytes, ssize_t count)
{
    putchar(' ');
    for (ssize_t i = 0; i < count; i++)
        printf("%02x", (unsigned char)bytes[i]);
    if (count <= 0)
        putchar('-');
}

static void hex_of_file(const char *path)
{
    static char bytes[1 << 20];
    int fd = open(path, O_RDONLY);
    ssize_t n, count = 0;

    while (fd >= 0 && (n = read(fd, bytes + count, sizeof(bytes) - count)) > 0)
        count += n;
    close(fd);
    hex(bytes, count);
}

static void hex_of_link(const char *path)
{
    static char target[4096];

    hex(target, readlink(path, target, sizeof(target)));
}

static int say(const char *what)
{
    unsigned long long start = 0;
    char text[1024];
    int fd = open("/proc/self/stat", O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);

    close(fd);
    text[n > 0 ? n : 0] = 0;
    sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &start);
    printf("%s %d %llu", what, getpid(), start);
    hex_of_file("/proc/self/comm");
    hex_of_link("/proc/self/exe");
    hex_of_link("/proc/self/cwd");
    hex_of_file("/proc/self/cmdline");
    putchar('\n');
    fflush(stdout);
    return 0;
}

// Forks; the child sees to it that what it execs says that it is this case.
static pid_t child_of(const char *what)
{
    static char variable[128];
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    snprintf(variable, sizeof(variable), CASE "=%s", what);
    environment[0] = variable;
    return pid;
}

static void reap(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid || status)
        die("a program did not say what it is");
}

static void *exec_from_a_thread(void *unused)
{
    (void)unused;
    execve(self, (char *[]){"by-a-worker", "x", NULL}, environment);
    die("execve");
    return NULL;
}

static void program(const char *what, char **argv)
{
    pid_t pid = child_of(what);

    if (!pid) {
        execve(self, argv, environment);
        die("execve");
    }
    reap(pid);
}

static void with_arguments(void)
{
    static char *argv[3001], longest[128 * 1024 - 1];

    program("plain", (char *[]){"plain", "an argument", "", "\xff\x1b[", NULL});
    for (int i = 0; i < 3000; i++)
        if (!argv[i] && asprintf(&argv[i], "argument-%d", i) < 0)
            die("asprintf");
    program("many", argv);
    memset(longest, 'x', sizeof(longest) - 1);
    program("longest", (char *[]){longest, NULL});
    program("none", (char *[]){NULL});
}

static void without_a_path(void)
{
    pid_t pid = child_of("execveat");
    int fd = open(self, O_RDONLY | O_CLOEXEC), copy;
    char buffer[65536];
    ssize_t n;

    if (!pid) {
        syscall(SYS_execveat, fd, "", (char *[]){"from-a-descriptor", NULL}, environment, AT_EMPTY_PATH);
        die("execveat");
    }
    reap(pid);
    copy = memfd_create("copy", MFD_CLOEXEC);
    while ((n = read(fd, buffer, sizeof(buffer))) > 0)
        if (write(copy, buffer, n) != n)
            die("write");
    close(fd);
    pid = child_of("memfd");
    if (!pid) {
        fexecve(copy, (char *[]){"from-memory", "y", NULL}, environment);
        die("fexecve");
    }
    reap(pid);
    close(copy);
}

static void script(void)
{
    FILE *file = fopen("a-script", "w");
    pid_t pid;

    if (!file || fprintf(file, "#!%s of a script\n", self) < 0 || fclose(file) || chmod("a-script", 0755))
        die("a-script");
    pid = child_of("script");
    if (!pid) {
        execve("./a-script", (char *[]){"ignored", "its argument", NULL}, environment);
        die("a-script");
    }
    reap(pid);
}

static void by_a_worker(void)
{
    pid_t pid = child_of("worker");
    pthread_t thread;

    if (!pid) {
        if (pthread_create(&thread, NULL, exec_from_a_thread, NULL))
            die("pthread_create");
        for (;;)
            pause();
    }
    reap(pid);
}

static void in_vain(void)
{
    pid_t pid = fork();

    if (!pid) {
        execve("./no-such-program", (char *[]){"no-such-program", "z", NULL}, environment);
        _exit(errno == ENOENT ? 0 : 1);
    }
    reap(pid);
}

int main(int argc, char **argv)
{
    const char *what = getenv(CASE);

    if (what)
        return say(what);
    if (argc < 2 || chdir(argv[1]) || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        die(argv[0]);
    for (int round = argc > 2 ? atoi(argv[2]) : 1; round > 0; round--) {
        with_arguments();
        without_a_path();
        script();
        by_a_worker();
        in_vain();
    }
    return 0;
}
