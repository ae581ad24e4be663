/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_CASES_H
#define EXITBOX_CASES_H

/* Ways to die. Each runs in a child of its own and never returns. */

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void limit_core(rlim_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	setrlimit(RLIMIT_CORE, &limit);
}

static void crash(void)
{
	*(volatile int *)0 = 0;
}

static void *pause_thread(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void *exit_group_later(void *code)
{
	usleep(100000);
	syscall(SYS_exit_group, (int)(long)code);
	return NULL;
}

static void *kill_later(void *unused)
{
	usleep(100000);
	kill(getpid(), SIGKILL);
	return unused;
}

static void *crash_later(void *unused)
{
	usleep(100000);
	crash();
	return unused;
}

static void *exec_now(void *unused)
{
	execl("/proc/self/exe", "exec", "die", "9", NULL);
	return unused;
}

static void *short_thread(void *unused)
{
	return unused;
}

static pthread_t thread(void *(*run)(void *), long argument)
{
	pthread_t created;

	if (pthread_create(&created, NULL, run, (void *)argument))
		_exit(99);
	return created;
}

static void exit_0(void) { _exit(0); }
static void exit_3(void) { _exit(3); }
static void exit_255(void) { _exit(255); }
static void killed(void) { kill(getpid(), SIGKILL); }
static void terminated(void) { kill(getpid(), SIGTERM); }

static void crash_no_core(void)
{
	limit_core(0);
	crash();
}

static void crash_core(void)
{
	limit_core(RLIM_INFINITY);
	crash();
}

static void abort_core(void)
{
	limit_core(RLIM_INFINITY);
	abort();
}

static void leader_first_exit_7(void)
{
	thread(exit_group_later, 7);
	syscall(SYS_exit, 0);
}

static void leader_first_killed(void)
{
	thread(kill_later, 0);
	syscall(SYS_exit, 0);
}

static void leader_exits_3_worker_crashes(void)
{
	limit_core(0);
	thread(crash_later, 0);
	syscall(SYS_exit, 3);
}

static void worker_crashes_core(void)
{
	limit_core(RLIM_INFINITY);
	thread(crash_later, 0);
	pause_thread(NULL);
}

static void worker_execs(void)
{
	thread(exec_now, 0);
	pause_thread(NULL);
}

static void two_threads_killed(void)
{
	thread(pause_thread, 0);
	kill(getpid(), SIGKILL);
}

static void *spin_thread(void *unused)
{
	for (;;)
		;
	return unused;
}

static void *kill_now(void *unused)
{
	kill(getpid(), SIGKILL);
	return unused;
}

/* A worker kills: the leader, which sleeps or runs on another CPU, is the last to die or dies at the same time. */
static void killed_by_worker(void)
{
	thread(kill_now, 0);
	pause_thread(NULL);
}

static void killed_by_worker_running(void)
{
	thread(kill_now, 0);
	spin_thread(NULL);
}

static void killed_by_child(void)
{
	pid_t self = getpid();

	thread(pause_thread, 0);
	if (!vfork()) {
		kill(self, SIGKILL);
		_exit(0);
	}
	spin_thread(NULL);
}

static void (*const two_threads[])(void) = {
	two_threads_killed,
	killed_by_worker,
	killed_by_worker_running,
	killed_by_child,
};

static void many_threads_exit(void)
{
	int i;

	for (i = 0; i < 16; i++)
		thread(pause_thread, 0);
	syscall(SYS_exit_group, 5);
}

#define EITHER (-1)

static const struct death {
	const char *name;
	void (*run)(void);
	int leader_leaves; /* a thread_exit of the leader: must be, must not be, EITHER when threads die at once */
} deaths[] = {
	{ "exit 0", exit_0, 0 },
	{ "exit 3", exit_3, 0 },
	{ "exit 255", exit_255, 0 },
	{ "SIGKILL", killed, 0 },
	{ "SIGTERM", terminated, 0 },
	{ "SIGSEGV without core", crash_no_core, 0 },
	{ "SIGSEGV with core", crash_core, 0 },
	{ "SIGABRT with core", abort_core, 0 },
	{ "leader leaves first, worker exits 7", leader_first_exit_7, 1 },
	{ "leader leaves first, then SIGKILL", leader_first_killed, 1 },
	{ "leader exits 3, worker SIGSEGV", leader_exits_3_worker_crashes, 1 },
	{ "worker SIGSEGV with core", worker_crashes_core, EITHER },
	{ "worker execs, then exit 9", worker_execs, 1 },
	{ "2 threads, SIGKILL", two_threads_killed, EITHER },
	{ "17 threads, exit_group 5", many_threads_exit, EITHER },
};

/* Forks a child that dies so; its PID, and the wait status through *status. */
static pid_t die_so(void (*run)(void), int *status, struct rusage *usage)
{
	pid_t pid = fork();

	if (!pid) {
		run();
		pause_thread(NULL);
	}
	if (pid < 0 || wait4(pid, status, 0, usage) != pid)
		_exit(98);
	return pid;
}

#endif
