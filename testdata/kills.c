// Has processes killed in every way there is and says the truth about each, words with tabs between:
// "CASE PID START STATUS CAUSE KILLER SI_CODE ADDRESS BYSTANDER", where START is field 22 of /proc/PID/stat, KILLER the PID
// of who did it, and BYSTANDER of one who sent something too and did not kill. A dash stands for nobody and nothing,
// a star for any address; a case that this machine does not have is only named. KillersIT compares recordings with it.
//   cc -O2 -pthread kills.c -o kills; ./kills 10 1     (cases that take a second less often)
//   ./kills again 10     two victims with the same PID, the second after each line of input, as the first before its death

#define _GNU_SOURCE
#include <stdlib.h>

#include "../bpf/src/test/c/kills.h"

static void put(bool known, const char *format, long long value)
{
    putchar('\t');
    printf(known ? format : "-", value);
}

static void say(const char *what, const struct truth *t)
{
    printf("%s", what);
    if (t->killer != SKIPPED) {
        printf("\t%d\t%llu\t%d\t%s", t->victim, t->start, t->status, t->cause ? causes[t->cause] : "-");
        put(t->killer, "%lld", t->killer);
        put(WIFSIGNALED(t->status), "%lld", t->si_code);
        put(t->has_address, t->address == ANY_ADDRESS ? "*" : "%lld", t->address);
        put(t->bystander, "%lld", t->bystander);
    }
    putchar('\n'); // only here does it reach the file: a line of several processes stays whole
}

static void run(const struct kill_case *c)
{
    struct truth t = {};

    c->run(&t);
    say(c->name, &t);
}

static void run_at_once(const struct kill_case *c, int rounds, int at_once)
{
    int running = 0;

    while (rounds-- > 0) {
        if (running++ >= at_once)
            wait(NULL);
        if (!fork()) {
            run(c);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
}

static void await_line(void)
{
    while (getchar() != '\n')
        if (feof(stdin))
            exit(1);
}

// Between the lines of input whoever asks sees to it that the first death is not recorded.
static void run_again(void)
{
    struct truth first = {.victim = victim_that(nothing), .cause = CAUSE_USER}, second = first;

    printf("alive\t%d\n", first.victim);
    await_line();
    first.killer = from_another(kill, first.victim, SIGTERM);
    wait_for(&first);
    say("first", &first);
    await_line();
    usleep(20000); // two clock ticks: by their starts they can be told apart
    while ((second.victim = child_with(first.victim)) < 0)
        if (errno != EEXIST)
            exit(77);
    if (!second.victim)
        pause_thread(NULL);
    second.killer = from_another(kill, second.victim, SIGTERM);
    wait_for(&second);
    say("second", &second);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1, dear_rounds = argc > 2 ? atoi(argv[2]) : rounds, cases = sizeof(kill_cases) / sizeof(*kill_cases);
    pid_t dear;

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    nothing_ignored();
    limit_core(0);
    if (argc > 2 && !strcmp(argv[1], "again")) {
        for (int round = atoi(argv[2]); round > 0; round--)
            run_again();
        return 0;
    }
    dear = fork();
    if (!dear) {
        for (int i = 0; i < cases; i++)
            if (kill_cases[i].price != CHEAP)
                run_at_once(&kill_cases[i], dear_rounds, kill_cases[i].price == SLEEPS ? dear_rounds : sysconf(_SC_NPROCESSORS_ONLN));
        return 0;
    }
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < cases; i++)
            if (kill_cases[i].price == CHEAP)
                run(&kill_cases[i]);
    waitpid(dear, NULL, 0);
    return 0;
}
