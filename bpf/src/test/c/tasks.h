/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_TASKS_H
#define EXITBOX_TASKS_H

/* The snapshot of the processes that are alive. */

#include "execs.h"
#include "kill.h"

/* Reads a whole snapshot through the iterator as a ring's records. */
static void read_tasks(struct session *s, struct bpf_program *program)
{
	static char bytes[64 << 10];
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	ssize_t got, at;
	int fd;

	if (!link)
		die("attach iterator");
	fd = bpf_iter_create(bpf_link__fd(link));
	while ((got = read(fd, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EAGAIN))
		for (at = 0; at < got; at += 8 + ((*(__u32 *)(bytes + at) + 7) & ~7U))
			collect(s, bytes + at + 8, *(__u32 *)(bytes + at));
	if (got)
		die("read iterator");
	close(fd);
	bpf_link__destroy(link);
}

static bool is_own_cmdline(const char *argv, size_t length)
{
	char wanted[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY);
	ssize_t got = read(fd, wanted, sizeof(wanted));

	close(fd);
	return got == (ssize_t)length && !memcmp(argv, wanted, length);
}

static void test_tasks_of(const char *name, bool with_args)
{
	static char filler[40000];
	static pid_t many[300];
	struct session *s = opened();
	struct bpf_program *program = bpf_object__find_program_by_name(s->object, name);
	struct task_record *r = NULL, *own = NULL, *large = NULL;
	struct cgroup_name_record *n;
	char cwd[4096];
	int i, status, pipes[2], found = 0, twice = 0, kernel = 0, unnamed = 0, zombies = 0;
	pid_t zombie, large_pid;
	char byte;

	if (!getcwd(cwd, sizeof(cwd)) || pipe(pipes))
		die("cwd");
	bpf_program__set_autoload(program, true);
	start(s, 16 << 20);
	for (i = 0; i < 300; i++)
		many[i] = victim_that(nothing);
	zombie = fork();
	if (!zombie)
		_exit(0);
	waitid(P_PID, zombie, NULL, WEXITED | WNOWAIT);
	memset(filler, 'y', sizeof(filler) - 1);
	large_pid = fork();
	if (!large_pid) {
		dup2(pipes[1], 3);
		execv(self_path, (char *const[]){ "large", "wait", filler, NULL });
		_exit(1);
	}
	if (read(pipes[0], &byte, 1) != 1)
		die("large");
	read_tasks(s, program);
	while ((r = next_record(s, TABLE_TASKS, r))) {
		struct task_record *again = r;

		for (i = 0; i < 300; i++)
			found += r->pid == (__u32)many[i] && r->ppid == (__u32)getpid() && !strcmp(r->comm, "check") && r->threads == 1;
		while ((again = next_record(s, TABLE_TASKS, again)))
			twice += again->pid == r->pid && again->start_boot_ns == r->start_boot_ns;
		for (n = NULL; (n = next_record(s, TABLE_CGROUP_NAMES, n)) && n->cgroup_id != r->cgroup_id;)
			;
		unnamed += !n || (char *)n > (char *)r;
		kernel += !!(r->flags & PROGRAM_KTHREAD);
		zombies += r->pid == (__u32)zombie;
		if (r->pid == (__u32)getpid())
			own = r;
		if (r->pid == (__u32)large_pid)
			large = r;
	}
	check(found == 300 && !twice && kernel > 5 && !unnamed && !zombies,
	      "%s: %d of 300 processes, %d kernel threads, %d twice, %d before their cgroup's name, %d zombies", name, found, kernel, twice,
	      unnamed, zombies);
	check(own && is_text(own, own->exe_offset, own->exe_length, self_path) && is_text(own, own->cwd_offset, own->cwd_length, cwd) &&
		      own->sid == (__u32)getsid(0) && own->pgid == (__u32)getpgid(0) && own->uid == getuid() &&
		      (with_args ? is_own_cmdline((char *)own + own->argv_offset, own->argv_length) : own->argv_length == UNKNOWN32),
	      "%s: itself: exe %.*s, %u bytes of arguments", name, own ? own->exe_length : 0, own ? (char *)own + own->exe_offset : "",
	      own ? own->argv_length : 0);
	check(large && (!with_args || (large->argv_length == 16384 && large->args_bytes == sizeof(filler) + 11)),
	      "%s: arguments cut at %u of %llu bytes", name, large ? large->argv_length : 0, large ? large->args_bytes : 0);
	kill(large_pid, SIGKILL);
	for (i = 0; i < 300; i++)
		kill(many[i], SIGKILL);
	while (wait(&status) > 0)
		;
	finish(s, name);
	close_session(s);
}

static void test_tasks(void)
{
	if (kernel_has("bpf_copy_from_user_task")) /* 5.18 */
		test_tasks_of("tasks", true);
	else
		printf("skip tasks: no arguments on this kernel\n");
	test_tasks_of("tasks_no_args", false);
}

#endif
