/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILLS_H
#define EXITBOX_KILLS_H

/* Ways to be killed, each with the truth about who did it. */

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "cases.h"

#define SKIPPED (-1)
#define NOBODY 0

/* What a case says of itself, once the victim is dead. */
struct truth {
	pid_t victim;
	pid_t killer; /* NOBODY: no process sent it */
	int status;
	__u32 cause;
	int si_code;
	bool has_address;
	__u64 address;
	pid_t bystander; /* sent something too, and did not kill */
};

static const char *cgroup2_root(void)
{
	return access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
}

static void nothing(void) {}

static void wait_for(struct truth *t)
{
	if (waitpid(t->victim, &t->status, 0) != t->victim)
		t->status = -1;
}

/* Forks a process that makes itself ready, says so, and then waits for its end. */
static pid_t victim_that(void (*prepares)(void))
{
	int pipes[2];
	char byte;
	pid_t pid;

	if (pipe(pipes))
		_exit(97);
	pid = fork();
	if (!pid) {
		prepares();
		if (write(pipes[1], "", 1) != 1)
			_exit(96);
		pause_thread(NULL);
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 1)
		_exit(95);
	close(pipes[0]);
	return pid;
}

/* Runs `send` in a process of its own, which so is the sender, and returns its PID when it is dead. */
static pid_t from_another(int (*send)(pid_t, int), pid_t target, int signal)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(send(target, signal) ? 1 : 0);
	waitpid(pid, &status, 0);
	return status ? SKIPPED : pid;
}

static int by_tgkill(pid_t target, int signal)
{
	return syscall(SYS_tgkill, target, target, signal);
}

static int by_sigqueue(pid_t target, int signal)
{
	return sigqueue(target, signal, (union sigval){ .sival_int = 7 });
}

static int by_pidfd(pid_t target, int signal)
{
	int fd = syscall(SYS_pidfd_open, target, 0);

	return fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
}

static void killed_by(struct truth *t, void (*prepares)(void), int (*send)(pid_t, int), int signal, int code)
{
	t->victim = victim_that(prepares);
	t->killer = from_another(send, t->victim, signal);
	if (t->killer == SKIPPED)
		kill(t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
	t->si_code = code;
}

static void own_group(void) { setpgid(0, 0); }

static void k_kill(struct truth *t) { killed_by(t, nothing, kill, SIGTERM, SI_USER); }
static void k_kill_9(struct truth *t) { killed_by(t, nothing, kill, SIGKILL, SI_USER); }
static void k_realtime(struct truth *t) { killed_by(t, nothing, kill, SIGRTMIN + 3, SI_USER); }
static void k_quit(struct truth *t) { killed_by(t, nothing, kill, SIGQUIT, SI_USER); }
static void k_segv_sent(struct truth *t) { killed_by(t, nothing, kill, SIGSEGV, SI_USER); }
static void k_tgkill(struct truth *t) { killed_by(t, nothing, by_tgkill, SIGTERM, SI_TKILL); }
static void k_sigqueue(struct truth *t) { killed_by(t, nothing, by_sigqueue, SIGTERM, SI_QUEUE); }
static void k_pidfd(struct truth *t) { killed_by(t, nothing, by_pidfd, SIGTERM, SI_USER); }
static void k_killpg(struct truth *t) { killed_by(t, own_group, killpg, SIGTERM, SI_USER); }

static void with_threads(void)
{
	int i;

	for (i = 0; i < 4; i++)
		thread(pause_thread, 0);
}

static void k_threads(struct truth *t) { killed_by(t, with_threads, kill, SIGTERM, SI_USER); }

static char kill_group[300];

static void enter_kill_group(void)
{
	char path[400];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", kill_group);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(94);
	close(fd);
}

static int by_cgroup_kill(pid_t target, int signal)
{
	char path[400];
	int fd;

	(void)target, (void)signal;
	snprintf(path, sizeof(path), "%s/cgroup.kill", kill_group);
	fd = open(path, O_WRONLY);
	return fd < 0 || write(fd, "1", 1) != 1;
}

static void k_cgroup_kill(struct truth *t)
{
	char path[400];

	snprintf(kill_group, sizeof(kill_group), "%s/exitbox-check-kill", cgroup2_root());
	mkdir(kill_group, 0755);
	snprintf(path, sizeof(path), "%s/cgroup.kill", kill_group); /* 5.14 */
	if (access(path, W_OK))
		t->killer = SKIPPED;
	else
		killed_by(t, enter_kill_group, by_cgroup_kill, SIGKILL, SI_USER);
	while (rmdir(kill_group) && errno == EBUSY) /* for a moment after the last death */
		usleep(100);
}

/* The middle process is the victim's parent and dies. */
static void k_parent_death(struct truth *t)
{
	int pipes[2], status;
	pid_t middle;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(pipes))
		_exit(93);
	middle = fork();
	if (!middle) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			pid = getpid();
			if (write(pipes[1], &pid, sizeof(pid)) < 0)
				_exit(92);
			pause_thread(NULL);
		}
		pause_thread(NULL);
	}
	if (read(pipes[0], &t->victim, sizeof(t->victim)) < 0)
		_exit(91);
	close(pipes[0]);
	close(pipes[1]);
	kill(middle, SIGKILL);
	waitpid(middle, &status, 0);
	t->killer = middle;
	wait_for(t);
	t->cause = CAUSE_PARENT_DEATH;
	t->si_code = SI_USER;
}

static void die_of(struct truth *t, void (*run)(void), __u32 cause, int code)
{
	t->victim = fork();
	if (!t->victim) {
		run();
		pause_thread(NULL);
	}
	wait_for(t);
	t->cause = cause;
	t->si_code = code;
	t->killer = cause == CAUSE_SELF ? t->victim : NOBODY;
}

static void run_alarm(void) { alarm(1); }

static void timer(int which, int milliseconds)
{
	struct itimerval value = { .it_value.tv_usec = milliseconds * 1000 };

	setitimer(which, &value, NULL);
}

/* Runs on, as others do below: so it is mostly itself that the timer's interrupt hits. */
static void run_itimer_real(void)
{
	timer(ITIMER_REAL, 2);
	spin_thread(NULL);
}

static void run_itimer_virtual(void)
{
	timer(ITIMER_VIRTUAL, 2);
	spin_thread(NULL);
}

static void run_itimer_prof(void)
{
	timer(ITIMER_PROF, 2);
	spin_thread(NULL);
}

static void run_posix_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM };
	struct itimerspec value = { .it_value.tv_nsec = 2000000 };
	timer_t created;

	timer_create(CLOCK_MONOTONIC, &event, &created);
	timer_settime(created, 0, &value, NULL);
	spin_thread(NULL);
}

static void k_alarm(struct truth *t) { die_of(t, run_alarm, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_real(struct truth *t) { die_of(t, run_itimer_real, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_virtual(struct truth *t) { die_of(t, run_itimer_virtual, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_prof(struct truth *t) { die_of(t, run_itimer_prof, CAUSE_TIMER, SI_KERNEL); }
static void k_posix_timer(struct truth *t) { die_of(t, run_posix_timer, CAUSE_TIMER, SI_TIMER); }

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit value = { soft, hard };

	setrlimit(resource, &value);
}

static void run_cpu_soft(void)
{
	limit(RLIMIT_CPU, 1, 10);
	spin_thread(NULL);
}

static void run_cpu_hard(void)
{
	limit(RLIMIT_CPU, 1, 1);
	spin_thread(NULL);
}

static void run_file_size(void)
{
	int fd = open("large", O_CREAT | O_WRONLY, 0600);

	limit(RLIMIT_FSIZE, 4096, 4096);
	if (ftruncate(fd, 8192)) /* gets no further than the signal */
		_exit(90);
}

static void k_cpu_soft(struct truth *t) { die_of(t, run_cpu_soft, CAUSE_RLIMIT, SI_KERNEL); }
static void k_cpu_hard(struct truth *t) { die_of(t, run_cpu_hard, CAUSE_RLIMIT, SI_KERNEL); }
static void k_file_size(struct truth *t) { die_of(t, run_file_size, CAUSE_RLIMIT, SI_USER); }

/* The victim leads a session on a terminal whose other end is ours. */
static int on_terminal(struct truth *t)
{
	int terminal;
	char byte;

	t->victim = forkpty(&terminal, NULL, NULL, NULL);
	if (!t->victim) {
		if (write(1, "r", 1) != 1)
			_exit(89);
		pause_thread(NULL);
	}
	if (read(terminal, &byte, 1) != 1)
		_exit(88);
	t->cause = CAUSE_TTY;
	t->si_code = SI_KERNEL;
	return terminal;
}

static void k_hangup(struct truth *t)
{
	close(on_terminal(t));
	wait_for(t);
}

static void k_interrupt_key(struct truth *t)
{
	int terminal = on_terminal(t);

	if (write(terminal, "\003", 1) != 1)
		_exit(87);
	wait_for(t);
	close(terminal);
}

static void run_pipe(void)
{
	int pipes[2];

	if (pipe(pipes) || close(pipes[0]) || write(pipes[1], "x", 1))
		_exit(86);
}

static void run_raise(void) { raise(SIGTERM); }
static void run_kill_self(void) { kill(getpid(), SIGKILL); }

static void on_term(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal);
}

static void k_pipe(struct truth *t) { die_of(t, run_pipe, CAUSE_KERNEL, SI_USER); }
static void k_raise(struct truth *t) { die_of(t, run_raise, CAUSE_SELF, SI_TKILL); }
static void k_abort(struct truth *t) { die_of(t, abort, CAUSE_SELF, SI_TKILL); }
static void k_kill_self(struct truth *t) { die_of(t, run_kill_self, CAUSE_SELF, SI_USER); }

static void run_segv(void) { *(volatile int *)0x1230 = 0; }

static char *beyond_end;

static void run_bus(void)
{
	*(volatile char *)beyond_end = 0;
}

static void run_gpf(void)
{
#ifdef __x86_64__
	*(volatile int *)0x8000000000000000ULL = 0; /* no such address: the CPU does not say which */
#else
	raise(SIGSEGV);
#endif
}

static void run_fpe(void)
{
#ifdef __x86_64__
	__asm__ volatile("xor %%edx, %%edx\n\txor %%ecx, %%ecx\n\tdiv %%ecx" ::: "eax", "ecx", "edx");
#endif
}

static void run_ill(void) { __builtin_trap(); }

static void faulted(struct truth *t, void (*run)(void), int code, bool has_address, __u64 address)
{
	limit_core(0);
	die_of(t, run, CAUSE_FAULT, code);
	t->has_address = has_address;
	t->address = address;
}

#define ANY_ADDRESS 1

static void k_segv(struct truth *t) { faulted(t, run_segv, SEGV_MAPERR, true, 0x1230); }
static void k_fpe(struct truth *t) { faulted(t, run_fpe, FPE_INTDIV, true, ANY_ADDRESS); }
static void k_ill(struct truth *t) { faulted(t, run_ill, ILL_ILLOPN, true, ANY_ADDRESS); }
static void k_gpf(struct truth *t) { faulted(t, run_gpf, SI_KERNEL, false, 0); }

static void k_bus(struct truth *t)
{
	int fd = open("small", O_CREAT | O_RDWR, 0600);

	beyond_end = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	faulted(t, run_bus, BUS_ADRERR, true, (__u64)beyond_end);
	munmap(beyond_end, 4096);
	close(fd);
}

static void forbid_getppid(unsigned action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(85);
	syscall(SYS_getppid);
}

static void run_seccomp_process(void) { forbid_getppid(SECCOMP_RET_KILL_PROCESS); }
static void run_seccomp_thread(void) { forbid_getppid(SECCOMP_RET_KILL_THREAD); }

/* Before 5.16 no signal is sent: si_code 0 then. */
static void k_seccomp_process(struct truth *t) { die_of(t, run_seccomp_process, CAUSE_SECCOMP, 1); }
static void k_seccomp_thread(struct truth *t) { die_of(t, run_seccomp_thread, CAUSE_SECCOMP, 1); }

/* The first process of a PID namespace ends, and takes the victim along. */
static void k_namespace_end(struct truth *t)
{
	int pipes[2], status;
	pid_t outer, numbers[2] = { 0, 0 };

	if (pipe(pipes))
		_exit(84);
	outer = fork();
	if (!outer) {
		pid_t init;
		int fds[2];
		char byte;

		if (unshare(CLONE_NEWPID) || pipe(fds))
			_exit(77);
		init = fork();
		if (!init) {
			char self[16] = "";

			/* /proc is the outer one: there we have our outer number. */
			numbers[0] = readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : 0;
			if (!fork()) {
				memset(self, 0, sizeof(self));
				numbers[1] = readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : 0;
				if (write(pipes[1], numbers, sizeof(numbers)) < 0 || write(fds[1], "", 1) < 0)
					_exit(83);
				pause_thread(NULL);
			}
			if (read(fds[0], &byte, 1) < 0)
				_exit(82);
			_exit(5);
		}
		waitpid(init, &status, 0);
		_exit(0);
	}
	waitpid(outer, &status, 0);
	if (status) {
		t->killer = SKIPPED;
	} else if (read(pipes[0], numbers, sizeof(numbers)) < 0) {
		_exit(81);
	} else {
		t->killer = numbers[0];
		t->victim = numbers[1];
	}
	close(pipes[0]);
	close(pipes[1]);
	t->status = SIGKILL;
	t->cause = CAUSE_KERNEL;
	t->si_code = SI_KERNEL;
}

static void ignore_term(void) { signal(SIGTERM, SIG_IGN); }

static void k_term_then_kill(struct truth *t)
{
	t->victim = victim_that(ignore_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	t->killer = from_another(kill, t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
}

/* Two kills at once: the first is the one. */
static void k_kill_twice(struct truth *t)
{
	t->victim = victim_that(with_threads);
	kill(t->victim, SIGSTOP);
	t->killer = from_another(kill, t->victim, SIGKILL);
	t->bystander = from_another(kill, t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
}

static sigset_t only(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static void block_term_and_usr1(void)
{
	sigset_t term = only(SIGTERM), usr1 = only(SIGUSR1);

	sigprocmask(SIG_BLOCK, &term, NULL);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
}

static void unblock_on_usr1(void)
{
	sigset_t term = only(SIGTERM), usr1 = only(SIGUSR1);
	int got;

	sigwait(&usr1, &got);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

/* TERM waits until the victim lets it in, and then kills: its sender did it, long before. */
static void k_blocked(struct truth *t)
{
	int pipes[2];
	char byte;

	if (pipe(pipes))
		_exit(80);
	t->victim = fork();
	if (!t->victim) {
		block_term_and_usr1();
		if (write(pipes[1], "", 1) != 1)
			_exit(79);
		unblock_on_usr1();
		pause_thread(NULL);
	}
	if (read(pipes[0], &byte, 1) != 1)
		_exit(78);
	close(pipes[0]);
	close(pipes[1]);
	t->killer = from_another(kill, t->victim, SIGTERM);
	t->bystander = from_another(kill, t->victim, SIGTERM); /* a second one is dropped */
	kill(t->victim, SIGUSR1);
	wait_for(t);
	t->cause = CAUSE_USER;
}

static void handle_term(void) { sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL); }

/* The handler ends the process with the signal it handled: it did that itself. */
static void k_handled(struct truth *t)
{
	t->victim = victim_that(handle_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	wait_for(t);
	t->killer = t->victim;
	t->cause = CAUSE_SELF;
	t->si_code = SI_TKILL;
}

static void exit_on_term(int signal) { _exit(signal); }
static void leave_on_term(void) { sigaction(SIGTERM, &(struct sigaction){ .sa_handler = exit_on_term }, NULL); }

/* The handler exits: nobody killed it. */
static void k_exit_in_handler(struct truth *t)
{
	t->victim = victim_that(leave_on_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	wait_for(t);
}

enum price { CHEAP, DEAR };

static const struct kill_case {
	const char *name;
	void (*run)(struct truth *);
	enum price price;
} kill_cases[] = {
	{ "kill", k_kill, CHEAP },
	{ "kill -9", k_kill_9, CHEAP },
	{ "kill, real-time signal", k_realtime, CHEAP },
	{ "kill -QUIT", k_quit, CHEAP },
	{ "kill -SEGV", k_segv_sent, CHEAP },
	{ "kill, 5 threads", k_threads, CHEAP },
	{ "tgkill", k_tgkill, CHEAP },
	{ "sigqueue", k_sigqueue, CHEAP },
	{ "pidfd_send_signal", k_pidfd, CHEAP },
	{ "killpg", k_killpg, CHEAP },
	{ "cgroup.kill", k_cgroup_kill, CHEAP },
	{ "parent's death", k_parent_death, CHEAP },
	{ "alarm", k_alarm, DEAR },
	{ "setitimer", k_itimer_real, CHEAP },
	{ "setitimer, virtual", k_itimer_virtual, CHEAP },
	{ "setitimer, prof", k_itimer_prof, CHEAP },
	{ "timer_create", k_posix_timer, CHEAP },
	{ "RLIMIT_CPU, soft", k_cpu_soft, DEAR },
	{ "RLIMIT_CPU, hard", k_cpu_hard, DEAR },
	{ "RLIMIT_FSIZE", k_file_size, CHEAP },
	{ "terminal hangs up", k_hangup, CHEAP },
	{ "terminal's ^C", k_interrupt_key, CHEAP },
	{ "SIGPIPE", k_pipe, CHEAP },
	{ "raise", k_raise, CHEAP },
	{ "abort", k_abort, CHEAP },
	{ "kill of itself", k_kill_self, CHEAP },
	{ "SIGSEGV at 0x1230", k_segv, CHEAP },
	{ "SIGSEGV, address unknown", k_gpf, CHEAP },
	{ "SIGBUS", k_bus, CHEAP },
#ifdef __x86_64__
	{ "SIGFPE", k_fpe, CHEAP },
	{ "SIGILL", k_ill, CHEAP },
#endif
	{ "seccomp, process", k_seccomp_process, CHEAP },
	{ "seccomp, thread", k_seccomp_thread, CHEAP },
	{ "PID namespace's end", k_namespace_end, CHEAP },
	{ "TERM ignored, then KILL", k_term_then_kill, CHEAP },
	{ "KILL twice", k_kill_twice, CHEAP },
	{ "TERM blocked, then let in", k_blocked, CHEAP },
	{ "TERM handled and raised again", k_handled, CHEAP },
	{ "TERM handled by exit", k_exit_in_handler, CHEAP },
};

#endif
