/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_LIVES_H
#define EXITBOX_LIVES_H

/* How processes begin and which are alive: forks, followed trees, the snapshot. */

#include <linux/sched.h>
#include <sys/prctl.h>

#include "execs.h"

static struct fork_record *fork_of(struct session *s, pid_t tid)
{
	struct fork_record *r = NULL, *last = NULL;

	while ((r = next_record(s, TABLE_FORKS, r)))
		if (r->tid == (__u32)tid)
			last = r;
	return last;
}

static pid_t cloned(unsigned long flags)
{
	return syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Whether the child's fork record and its death agree about who it is. */
static bool is_begin_of(struct session *s, pid_t child, pid_t parent, pid_t creator, __u64 flags)
{
	struct fork_record *r = fork_of(s, child);
	int records;
	struct exit_record *death = death_of(s, child, &records);

	return r && death && r->pid == (__u32)child && r->ppid == (__u32)parent && r->creator_pid == (__u32)creator &&
	       r->start_boot_ns == death->start_boot_ns && r->start_mono_ns == death->start_mono_ns && r->uid == death->uid &&
	       r->cgroup_id == death->cgroup_id && r->parent_start_boot_ns && r->clone_flags == flags &&
	       !strcmp(r->comm, "check") && !strcmp(r->parent_comm, "check");
}

static void test_forks(void)
{
	struct session *s = opened_with("fork");
	struct fork_record *r;
	int i, status, pipes[2], right = 0, threads = 0;
	pid_t pid, middle, child = 0;

	start(s, RING);
	for (i = 0; i < 100; i++) {
		pid = cloned(0);
		if (!pid)
			_exit(0);
		waitpid(pid, &status, 0);
		drain(s);
		right += is_begin_of(s, pid, getpid(), getpid(), SIGCHLD);
		s->used = 0;
	}
	check(right == 100, "fork: %d of 100 right", right);

	pid = vfork();
	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
	drain(s);
	r = fork_of(s, pid);
	check(is_begin_of(s, pid, getpid(), getpid(), CLONE_VFORK | CLONE_VM | SIGCHLD), "fork: vfork: clone_flags %#llx", r ? r->clone_flags : 0);

	/* The child's parent is ours, not the one that made it. */
	if (pipe(pipes))
		die("pipe");
	middle = fork();
	if (!middle) {
		child = cloned(CLONE_PARENT);
		if (child && write(pipes[1], &child, sizeof(child)) < 0)
			_exit(1);
		_exit(0);
	}
	waitpid(middle, &status, 0);
	if (read(pipes[0], &child, sizeof(child)) < 0)
		die("read");
	waitpid(child, &status, 0);
	drain(s);
	check(is_begin_of(s, child, getpid(), middle, CLONE_PARENT | SIGCHLD), "fork: CLONE_PARENT: pid %d by %d, of %d", child, middle, getpid());

	pid = die_so(many_threads_exit, &status, NULL);
	drain(s);
	for (r = NULL; (r = next_record(s, TABLE_FORKS, r));)
		threads += r->pid == (__u32)pid;
	check(threads == 1, "fork: 16 threads: %d record, of the process", threads);
	finish(s, "forks");
	close_session(s);

	s = opened_with("fork");
	options_of(s)->threads = 1;
	start(s, RING);
	pid = die_so(many_threads_exit, &status, NULL);
	drain(s);
	for (threads = 0, right = 1; (r = next_record(s, TABLE_FORKS, r));)
		if (r->pid == (__u32)pid) {
			threads++;
			right &= !(r->clone_flags & CLONE_THREAD) == (r->tid == r->pid) && r->start_boot_ns == fork_of(s, pid)->start_boot_ns;
		}
	check(threads == 17 && right, "fork: 16 threads, with threads: %d records", threads);
	finish(s, "forks, threads");
	close_session(s);
}

/* A daemon of a followed process: forked twice, its parent dead. It execs, is killed, and says its PID. */
static void daemonize(int fd)
{
	pid_t pid = fork();

	if (pid)
		_exit(0);
	setsid();
	pid = fork();
	if (pid)
		_exit(0);
	pid = getpid();
	if (write(fd, &pid, sizeof(pid)) < 0)
		_exit(1);
	x_execve();
}

static void test_tree(void)
{
	struct session *s = opened_with("fork exec rename signal");
	struct record_header *any = NULL;
	int status, go[2], told[2], others = 0, records;
	__u64 zero = 0;
	__u32 key;
	pid_t root, daemon, stranger;
	char byte = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(go) || pipe(told))
		die("pipe");
	options_of(s)->tree = 1;
	start(s, RING);
	root = fork();
	if (!root) {
		if (read(go[0], &byte, 1) == 1)
			daemonize(told[1]);
		_exit(1);
	}
	key = root;
	bpf_map_update_elem(bpf_map__fd(map(s, "followed")), &key, &zero, 0);
	if (write(go[1], "", 1) != 1)
		die("write");
	waitpid(root, &status, 0);
	if (read(told[0], &daemon, sizeof(daemon)) < 0)
		die("read");
	waitpid(daemon, &status, 0);
	stranger = die_so(killed, &status, NULL);
	drain(s);
	while ((any = next_record(s, ANY_TABLE, any))) {
		__u32 pid = ((struct exit_record *)any)->pid; /* where most records have it */

		if (any->table == TABLE_EXITS || any->table == TABLE_EXECS || any->table == TABLE_FORKS || any->table == TABLE_SIGNALS)
			others += pid == (__u32)stranger;
	}
	check(death_of(s, root, &records) && death_of(s, daemon, &records) && fork_of(s, daemon) && exec_of(s, daemon) && !others,
	      "tree: the process and its daemon, no stranger");
	key = 0;
	check(bpf_map_get_next_key(bpf_map__fd(map(s, "followed")), NULL, &key) || !strcmp(hook, "exit_live"), "tree: empty when all are dead");
	finish(s, "tree");
	close_session(s);
}

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

static void x_fail(void)
{
	execv("/nowhere/program", (char *const[]){ "/nowhere/program", "with", "arguments", NULL });
	_exit(9);
}

static void x_fail_at(void)
{
	syscall(SYS_execveat, AT_FDCWD, "a folder", (char *const[]){ "a folder", NULL }, NULL, 0);
	_exit(9);
}

static void test_failed_execs(void)
{
	struct session *s;
	struct exec_record *r;
	int status;
	pid_t pid;

	if (!kernel_has("bpf_get_current_task_btf")) { /* 5.11 */
		printf("skip failed execs: not on this kernel\n");
		return;
	}
	s = opened_with("exec_failed");
	mkdir("a folder", 0700);
	start(s, RING);
	pid = die_so(x_fail, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->ret == -ENOENT && is_text(r, r->filename_offset, r->filename_length, "/nowhere/program") &&
		      is_argv(r, (char *const[]){ "/nowhere/program", "with", "arguments", NULL }) && !strcmp(r->comm, "check"),
	      "failed exec: %d, %.*s, argc %u", r ? r->ret : 0, r ? r->filename_length : 0, r ? (char *)r + r->filename_offset : "", r ? r->argc : 0);
	pid = die_so(x_fail_at, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->ret == -EACCES && is_text(r, r->filename_offset, r->filename_length, "a folder") && r->argc == 1,
	      "failed execveat: %d, %.*s", r ? r->ret : 0, r ? r->filename_length : 0, r ? (char *)r + r->filename_offset : "");
	finish(s, "failed execs");
	close_session(s);
}

#endif
