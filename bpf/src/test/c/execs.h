/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_EXECS_H
#define EXITBOX_EXECS_H

/* Execs, forks and the snapshot of what is alive, against what was asked for. */

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cases.h"
#include "collected.h"

#define MANY_ARGS 3000
#define LARGE_ARG (128 * 1024 - 16)

static char self_path[4096]; /* of this program: run with "die CODE" it exits so */

/* What an exec is to be recorded as; NULL: not asked. */
struct wanted_exec {
	const char *filename, *exe, *cwd, *comm, *old_comm;
	char *const *argv;
};

static struct exec_record *exec_of(struct session *s, pid_t pid)
{
	struct exec_record *r = NULL, *last = NULL;

	while ((r = next_record(s, TABLE_EXECS, r)))
		if (r->pid == (__u32)pid)
			last = r;
	return last;
}

static bool is_text(const void *record, __u32 offset, __u32 length, const char *text)
{
	return length == strlen(text) && !memcmp((const char *)record + offset, text, length);
}

static bool is_argv(const struct exec_record *r, char *const *argv)
{
	const char *p = (const char *)r + r->argv_offset, *end = p + r->argv_length;
	unsigned count = 0;

	if (r->argv_length == UNKNOWN32 || r->args_bytes != r->argv_length)
		return false;
	for (; *argv; argv++, count++) {
		if (p + strlen(*argv) + 1 > end || strcmp(p, *argv))
			return false;
		p += strlen(*argv) + 1;
	}
	return p == end && r->argc == count;
}

static const char *judge_exec(const struct exec_record *r, const struct exit_record *death, const struct wanted_exec *w)
{
	if (!r || !death)
		return "no record";
	if (r->start_boot_ns != death->start_boot_ns || r->start_mono_ns != death->start_mono_ns || r->ppid != death->ppid ||
	    r->parent_start_boot_ns != death->parent_start_boot_ns || r->uid != death->uid || r->cgroup_id != death->cgroup_id)
		return "identity";
	if (w->comm && strcmp(r->comm, w->comm))
		return "comm";
	if (w->old_comm && (r->flags & PROGRAM_NO_OLD_COMM || strcmp(r->old_comm, w->old_comm)))
		return "old_comm";
	if (w->filename && !is_text(r, r->filename_offset, r->filename_length, w->filename))
		return "filename";
	if (w->exe && !is_text(r, r->exe_offset, r->exe_length, w->exe))
		return "exe";
	if (w->cwd && !is_text(r, r->cwd_offset, r->cwd_length, w->cwd))
		return "cwd";
	if (w->argv && !is_argv(r, w->argv))
		return "argv";
	return NULL;
}

static void test_exec(struct session *s, const char *name, void (*run)(void), const struct wanted_exec *w)
{
	int i, status, records, right = 0, runs = getenv("CHECK_REPEAT") ? atoi(getenv("CHECK_REPEAT")) : 100;
	const char *wrong = NULL, *now;

	for (i = 0; i < runs; i++) {
		pid_t pid = die_so(run, &status, NULL);
		struct exec_record *r;

		drain(s);
		r = exec_of(s, pid);
		now = status == 9 << 8 ? judge_exec(r, death_of(s, pid, &records), w) : "did not run";
		if (now && !wrong && r)
			printf("     %.16s from %.16s, filename %.*s, exe %.*s, cwd %.*s, argc %u, %u of %llu bytes of arguments\n",
			       r->comm, r->old_comm, r->filename_length, (char *)r + r->filename_offset, r->exe_length,
			       (char *)r + r->exe_offset, r->cwd_length, (char *)r + r->cwd_offset, r->argc, r->argv_length,
			       r->args_bytes);
		wrong = now ? now : wrong;
		right += !now;
		s->used = 0;
	}
	check(right == runs, "exec: %s: %d of %d right%s%s", name, right, runs, wrong ? ", wrong: " : "", wrong ? wrong : "");
}

static char *const die_9[] = { "some name", "die", "9", NULL };
static char *many_args[MANY_ARGS + 3];
static char *large_args[5];

static void x_execve(void) { execv(self_path, die_9); }
static void x_many(void) { execv(self_path, many_args); }
static void x_large(void) { execv(self_path, large_args); }
static void x_script(void) { execv("script", (char *const[]){ "script", "first argument", NULL }); }
static void x_worker(void)
{
	thread(exec_now, 0);
	pause_thread(NULL);
}

static void x_execveat(void)
{
	int folder = open(".", O_PATH | O_DIRECTORY);

	syscall(SYS_execveat, folder, "copy", die_9, environ, 0);
}

static void x_memfd(void)
{
	static char buffer[1 << 16];
	int fd = memfd_create("made of memory", MFD_CLOEXEC), file = open(self_path, O_RDONLY);
	ssize_t got;

	while ((got = read(file, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, got) != got)
			_exit(1);
	fexecve(fd, die_9, environ);
}

static void x_no_arguments(void)
{
	close(2); /* the usage that follows */
	syscall(SYS_execve, "copy", NULL, NULL);
}

static void x_below(void)
{
	if (chdir("a folder/below"))
		_exit(1);
	x_execve();
}

/* On two mounts, one in the other. */
static void x_mounted(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "a folder", "tmpfs", 0, NULL) || mkdir("a folder/below", 0700) ||
	    mount("none", "a folder/below", "tmpfs", 0, NULL))
		_exit(1);
	x_below();
}

/* With another root. */
static void x_chroot(void)
{
	if (chroot(".") || chdir("/a folder"))
		_exit(1);
	execv("/copy", die_9);
}

static void x_deep(void)
{
	int i;

	for (i = 0; i < 200; i++)
		if (chdir("d")) {
			mkdir("d", 0700);
			if (chdir("d"))
				_exit(1);
		}
	x_execve();
}

static void write_script(void)
{
	char text[5000];
	int fd = open("script", O_CREAT | O_WRONLY, 0700), length = snprintf(text, sizeof(text), "#!%s die-9\n", self_path);

	if (write(fd, text, length) != length)
		die("script");
	close(fd);
}

static void copy_self(void)
{
	static char buffer[1 << 16];
	int from = open(self_path, O_RDONLY), to = open("copy", O_CREAT | O_WRONLY, 0700);
	ssize_t got;

	while ((got = read(from, buffer, sizeof(buffer))) > 0)
		if (write(to, buffer, got) != got)
			die("copy");
	close(from);
	close(to);
}

static void test_execs(void)
{
	struct session *s = opened_with("exec rename");
	char folder[4096], copy[4200], below[4200], script[4200];
	static char filler[LARGE_ARG];
	char *script_argv[] = { self_path, "die-9", "script", "first argument", NULL };
	struct exec_record *r;
	int i, status;
	pid_t pid;

	if (!getcwd(folder, sizeof(folder)) || mkdir("a folder", 0700) || mkdir("a folder/below", 0700))
		die("folders");
	snprintf(copy, sizeof(copy), "%s/copy", folder);
	snprintf(script, sizeof(script), "%s/script", folder);
	snprintf(below, sizeof(below), "%s/a folder/below", folder);
	copy_self();
	write_script();
	many_args[0] = "many", many_args[1] = "die", many_args[2] = "9";
	for (i = 3; i < MANY_ARGS; i++)
		many_args[i] = i % 3 ? "argument" : "";
	memset(filler, 'x', sizeof(filler) - 1);
	large_args[0] = "x", large_args[1] = "die", large_args[2] = "9", large_args[3] = filler;

	start(s, 16 << 20);
	test_exec(s, "execve", x_execve, &(struct wanted_exec){ self_path, self_path, folder, "check", "check", die_9 });
	test_exec(s, "in a folder below", x_below, &(struct wanted_exec){ self_path, self_path, below, "check", "check", die_9 });
	test_exec(s, "on other mounts", x_mounted, &(struct wanted_exec){ self_path, self_path, below, "check", "check", die_9 });
	test_exec(s, "with another root", x_chroot, &(struct wanted_exec){ "/copy", "/copy", "/a folder", "copy", "check", die_9 });
	test_exec(s, "3,000 arguments", x_many, &(struct wanted_exec){ self_path, self_path, folder, "check", "check", many_args });
	test_exec(s, "128 KiB of arguments", x_large, &(struct wanted_exec){ self_path, self_path, folder, "check", "check", large_args });
	test_exec(s, "script", x_script, &(struct wanted_exec){ "script", self_path, folder, "script", "check", script_argv });
	test_exec(s, "execveat", x_execveat, &(struct wanted_exec){ NULL, copy, folder, "copy", "check", die_9 });
	test_exec(s, "fexecve of a memfd", x_memfd, &(struct wanted_exec){ NULL, "/memfd:made of memory", folder, NULL, "check", die_9 });
	test_exec(s, "by a worker thread", x_worker, &(struct wanted_exec){ "/proc/self/exe", self_path, folder, NULL, "check", NULL });

	pid = die_so(x_worker, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->tid != r->pid && r->tid > r->pid, "exec: by a worker thread: pid %u, tid %u", r ? r->pid : 0, r ? r->tid : 0);
	pid = die_so(x_no_arguments, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->argc <= 1 && r->argv_length != 0, "exec: without arguments: argc %u, %u bytes", r ? r->argc : ~0U, r ? r->argv_length : ~0U);
	pid = die_so(x_deep, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && status == 9 << 8 && r->cwd_length > 100 && r->cwd_length < 400 && ((char *)r)[r->cwd_offset] != '/',
	      "exec: 200 folders deep: the last %u bytes of cwd", r ? r->cwd_length : 0);
	finish(s, "execs");
	close_session(s);

	s = opened_with("exec");
	options_of(s)->max_args_bytes = 7;
	start(s, RING);
	pid = die_so(x_execve, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->argv_length == 7 && r->args_bytes == 16 && r->flags == PROGRAM_NO_OLD_COMM,
	      "exec: max_args_bytes 7: %u of %llu bytes; no old_comm without program rename", r ? r->argv_length : 0, r ? r->args_bytes : 0);
	close_session(s);
	s = opened_with("exec");
	options_of(s)->max_args_bytes = 0;
	start(s, RING);
	pid = die_so(x_execve, &status, NULL);
	drain(s);
	r = exec_of(s, pid);
	check(r && r->argv_length == UNKNOWN32 && r->args_bytes == 16, "exec: max_args_bytes 0: none kept");
	close_session(s);
}

#endif
