/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_SESSION_H
#define EXITBOX_SESSION_H

/* The loaded programs as a test sees them: load with options, attach, read and set their maps. */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../main/c/records.h"

#define MAX_CPUS 64
#define RING (4U << 20)
#define ANY_TABLE 0

static const char *object_path;
static const char *hook; /* name of the exit program under test */
static int failures;

static __u64 now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static bool live(void)
{
	return !strcmp(hook, "exit_live");
}

static void check(bool ok, const char *format, ...)
{
	va_list arguments;

	printf("%s ", ok ? "ok  " : "FAIL");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	failures += !ok;
}

static void die(const char *what)
{
	printf("FAIL %s: %s\n", what, strerror(errno));
	exit(1);
}

#define MAX_LINKS 8

struct session {
	struct bpf_object *object;
	struct bpf_link *links[MAX_LINKS]; /* the exit program's, and then of those asked for */
	int linked;
	const char *others[MAX_LINKS]; /* names of the programs beside it */
	struct ring_buffer *ring;
	int cpus;
	char *bytes; /* records as they came, each after its size */
	size_t used, room;
	__u64 collected[MAX_CPUS][TABLES];
};

static int collect(void *context, void *record, size_t size)
{
	struct session *s = context;
	struct record_header *header = record;
	size_t stored = (size + 7) & ~7UL;

	s->collected[header->cpu][header->table]++;
	if (s->used + stored + 8 > s->room) {
		s->room = (s->room + stored + 8) * 2;
		s->bytes = realloc(s->bytes, s->room);
		if (!s->bytes)
			die("realloc");
	}
	memcpy(s->bytes + s->used, &size, sizeof(size));
	memcpy(s->bytes + s->used + 8, record, size);
	s->used += 8 + stored;
	return 0;
}

static struct bpf_map *map(struct session *s, const char *name)
{
	struct bpf_map *found = bpf_object__find_map_by_name(s->object, name);

	if (!found)
		die(name);
	return found;
}

static struct options *options_of(struct session *s)
{
	size_t size;

	/* const only to the programs */
	return (struct options *)bpf_map__initial_value(map(s, ".rodata"), &size);
}

static bool is_attached(struct session *s, const char *name)
{
	int i;

	for (i = 0; i < MAX_LINKS && s->others[i]; i++)
		if (!strcmp(s->others[i], name))
			return true;
	return !strcmp(name, hook);
}

/* `others`: names of further programs to attach, separated by blanks. */
static struct session *opened_with(const char *others)
{
	struct session *s = calloc(1, sizeof(*s));
	struct bpf_program *program;
	char *names = strdup(others), *name;
	int count = 0;

	for (name = strtok(names, " "); name && count < MAX_LINKS; name = strtok(NULL, " "))
		s->others[count++] = name;

	s->object = bpf_object__open(object_path);
	if (!s->object)
		die(object_path);
	bpf_object__for_each_program(program, s->object) {
		const char *name = bpf_program__name(program);

		bpf_program__set_autoload(program, is_attached(s, name) || !strcmp(name, "heartbeat"));
	}
	s->cpus = libbpf_num_possible_cpus();
	bpf_map__set_max_entries(map(s, "exec_scratch"), s->cpus);
	return s;
}

static struct session *opened(void)
{
	return opened_with("");
}

/* Whether the kernel has this function: helpers are functions too. */
static bool kernel_has(const char *function)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has;
}

static struct bpf_program *exit_program(struct session *s)
{
	return bpf_object__find_program_by_name(s->object, hook);
}

static void start(struct session *s, unsigned ring_bytes)
{
	struct bpf_program *program;

	bpf_map__set_max_entries(map(s, "ring_deaths"), ring_bytes);
	bpf_map__set_max_entries(map(s, "ring_events"), ring_bytes);
	if (bpf_object__load(s->object))
		die("load");
	s->ring = ring_buffer__new(bpf_map__fd(map(s, "ring_deaths")), collect, s, NULL);
	if (!s->ring || ring_buffer__add(s->ring, bpf_map__fd(map(s, "ring_events")), collect, s))
		die("ring");
	bpf_object__for_each_program(program, s->object) {
		if (!is_attached(s, bpf_program__name(program)))
			continue;
		s->links[s->linked] = bpf_program__attach(program);
		if (!s->links[s->linked++])
			die("attach");
	}
}

static void detach(struct session *s)
{
	while (s->linked)
		bpf_link__destroy(s->links[--s->linked]);
}

static struct session *started(unsigned ring_bytes)
{
	struct session *s = opened();

	start(s, ring_bytes);
	return s;
}

static struct control *control_of(struct session *s)
{
	static struct control value;
	__u32 key = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(map(s, "control")), &key, &value))
		die("control");
	return &value;
}

static void set_control(struct session *s, const struct control *value)
{
	__u32 key = 0;

	if (bpf_map_update_elem(bpf_map__fd(map(s, "control")), &key, value, 0))
		die("control");
}

static void counters_of(struct session *s, unsigned table, struct counter values[MAX_CPUS])
{
	if (bpf_map_lookup_elem(bpf_map__fd(map(s, "counters")), &table, values))
		die("counters");
}

#endif
