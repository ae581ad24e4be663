/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_EXEC_FAILED_H
#define EXITBOX_EXEC_FAILED_H

/* Execs that came to nothing. */

#include "execs.h"

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
