/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_GROUPS_H
#define EXITBOX_GROUPS_H

/* Control groups as a test makes them. */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_file(const char *folder, const char *file, const char *text)
{
	char path[400];
	int fd, written;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY);
	written = fd < 0 ? -1 : (int)write(fd, text, strlen(text));
	close(fd);
	return written == (int)strlen(text);
}

static void enter(const char *group)
{
	if (!write_file(group, "cgroup.procs", "0"))
		_exit(2);
}

static const char *cgroup2_root(void)
{
	return access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
}

/* Makes a memory cgroup that 8 MiB are too much for; false where none can be made. */
static bool limited_group(char *group, size_t room, const char *name)
{
	const char *root = "/sys/fs/cgroup/memory", *limit = "memory.limit_in_bytes";

	if (access("/sys/fs/cgroup/memory/cgroup.procs", F_OK)) {
		root = cgroup2_root();
		limit = "memory.max";
		write_file(root, "cgroup.subtree_control", "+memory");
	}
	snprintf(group, room, "%s/exitbox-%s-%d", root, name, getpid());
	if ((mkdir(group, 0755) && errno != EEXIST) || !write_file(group, limit, "8388608"))
		return false;
	write_file(group, "memory.swap.max", "0");
	return true;
}

static void remove_group(const char *group)
{
	while (rmdir(group) && errno == EBUSY) /* for a moment after the last death */
		usleep(100);
}

#endif
