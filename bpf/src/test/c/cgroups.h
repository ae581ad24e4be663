/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_CGROUPS_H
#define EXITBOX_CGROUPS_H

/* Control groups: named before their ids are used, and as a filter. */

#include "cases.h"
#include "collected.h"
#include "groups.h"

/* In a cgroup hierarchy: the names come before their ids, once per epoch, and the filter takes descendants. */
static void test_cgroups_in(const char *what, const char *root, __u64 mark)
{
	char top[256], below[300], procs[320];
	struct cgroup_name_record *name = NULL;
	struct exit_record *r = NULL;
	struct control again;
	struct session *s;
	struct stat top_stat, below_stat;
	int status, records, others = 0, i, names[2] = { 0, 0 }, seen_at = 0, named_at = 0, at = 0;
	pid_t pid[3];
	void *any;

	snprintf(top, sizeof(top), "%s/exitbox-check", root);
	snprintf(below, sizeof(below), "%s/below \033", top); /* raw bytes, kept */
	if ((mkdir(top, 0755) && errno != EEXIST) || (mkdir(below, 0755) && errno != EEXIST) || stat(top, &top_stat) ||
	    stat(below, &below_stat)) {
		printf("skip cgroups, %s: %s: %s\n", what, top, strerror(errno));
		return;
	}
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", below);
	s = opened();
	options_of(s)->cgroup = top_stat.st_ino | mark;
	start(s, RING);
	for (i = 0; i < 3; i++) {
		if (i == 2) {
			again = *control_of(s);
			again.names_epoch++;
			set_control(s, &again);
		}
		die_so(exit_3, &status, NULL);
		pid[i] = fork();
		if (!pid[i]) {
			int fd = open(procs, O_WRONLY);

			_exit(fd >= 0 && write(fd, "0", 1) == 1 ? 11 : 12);
		}
		waitpid(pid[i], &status, 0);
	}
	drain(s);
	while ((r = next_record(s, TABLE_EXITS, r)))
		others += r->pid != (unsigned)pid[0] && r->pid != (unsigned)pid[1] && r->pid != (unsigned)pid[2];
	for (any = NULL; (any = next_record(s, ANY_TABLE, any)); at++) {
		struct record_header *header = any;

		if (header->table == TABLE_CGROUP_NAMES && !named_at)
			named_at = at + 1;
		if (header->table == TABLE_EXITS && !seen_at)
			seen_at = at + 1;
	}
	while ((name = next_record(s, TABLE_CGROUP_NAMES, name))) {
		const char *path = "/exitbox-check/below \033";

		if (name->cgroup_id == (below_stat.st_ino | mark) && name->path_length == strlen(path) &&
		    !memcmp((char *)name + name->path_offset, path, strlen(path)))
			names[0]++;
		else
			names[1]++;
	}
	r = death_of(s, pid[2], &records);
	check(!others && r && r->status == 11 << 8 && r->cgroup_id == (below_stat.st_ino | mark),
	      "cgroups, %s: filter takes a descendant, id %llu (inode %llu)", what,
	      r ? r->cgroup_id & ~CGROUP_V1 : 0, (__u64)below_stat.st_ino);
	check(names[0] == 2 && !names[1] && named_at < seen_at, "cgroups, %s: named once per epoch, before the death: %d, others %d",
	      what, names[0], names[1]);
	finish(s, "cgroups");
	close_session(s);
	rmdir(below);
	rmdir(top);
}

static void test_cgroups(void)
{
	static const char *v2[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	unsigned i;

	for (i = 0; i < 2; i++) {
		char file[64];

		snprintf(file, sizeof(file), "%s/cgroup.controllers", v2[i]);
		if (!access(file, F_OK)) {
			test_cgroups_in("v2", v2[i], 0);
			break;
		}
	}
	if (!access("/sys/fs/cgroup/memory/cgroup.procs", F_OK))
		test_cgroups_in("v1 memory", "/sys/fs/cgroup/memory", CGROUP_V1);
	else
		printf("skip cgroups, v1 memory: not mounted\n");
}

#endif
