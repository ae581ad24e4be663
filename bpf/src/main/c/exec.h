/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_EXEC_H
#define EXITBOX_EXEC_H

/* Room for three paths in a record's text, as a power of two: an offset is bounded by a mask. */
#define PATHS_BYTES (4 * PATH_BYTES)

struct exec_scratch {
	struct exec_record record;
	char text[PATHS_BYTES + MAX_ARGS_BYTES]; /* filename, exe, cwd, arguments, one after another */
};

/*
 * By CPU, and user space makes it as long as there are CPUs: values of a per-CPU map end at 32 KiB.
 * The programs that use it cannot interrupt each other: both run for the task itself, not to be preempted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_scratch);
} exec_scratch SEC(".maps");

/* A name that a task is about to lose. */
struct old_comm {
	__u32 tid;
	__u32 reserved;
	char comm[COMM_BYTES];
};

/*
 * By tid modulo its length: a program's exec renames the thread, and when the exec is told the old name is gone.
 * In between are microseconds, so two threads hardly ever meet in one element; when they do, the tid says so.
 */
#define OLD_COMMS 1024
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OLD_COMMS);
	__type(key, __u32);
	__type(value, struct old_comm);
} old_comms SEC(".maps");

static __always_inline void keep_comm(struct task_struct *task)
{
	__u32 tid = task->pid;
	__u32 slot = tid & (OLD_COMMS - 1);
	struct old_comm *old = bpf_map_lookup_elem(&old_comms, &slot);

	if (!old)
		return;
	copy_16(old->comm, task->comm);
	old->tid = tid;
}

/* The thread that execs has the leader's number by now, and had it when it was renamed. */
static __always_inline bool take_comm(struct task_struct *task, char *comm)
{
	__u32 tid = task->pid;
	__u32 slot = tid & (OLD_COMMS - 1);
	struct old_comm *old = bpf_map_lookup_elem(&old_comms, &slot);

	if (!old || old->tid != tid) {
		__builtin_memset(comm, 0, COMM_BYTES);
		return false;
	}
	copy_16(comm, old->comm);
	old->tid = 0;
	return true;
}

static __always_inline struct exec_scratch *exec_scratch_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&exec_scratch, &cpu);
}

/* All but the program's own facts: argc, ret, tid, and what is text. */
static __always_inline void fill_exec(struct exec_record *record, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct task_struct *parent = leader->real_parent->group_leader;

	record->pid = task->tgid;
	record->ppid = parent->tgid;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	record->parent_start_boot_ns = parent->start_boottime;
	copy_16(record->comm, task->comm);
	copy_16(record->parent_comm, parent->comm);
	record->uid = task->real_cred->uid.val;
	record->loginuid = loginuid_of(task);
}

/* Puts exe and cwd behind `end` bytes of text, and returns the new end. */
static __always_inline __u32 put_places(struct exec_scratch *scratch, struct fs_struct *fs, struct mm_struct *mm,
					__u32 end)
{
	struct exec_record *record = &scratch->record;
	struct place root = place_of(&fs->root);
	__u32 length;

	record->exe_offset = sizeof(*record) + end;
	length = put_path(scratch->text, end, PATHS_BYTES - 1, place_of(&mm->exe_file->f_path), root, WALK_EXEC);
	record->exe_length = length;
	if (length <= PATH_BYTES)
		end += length;
	record->cwd_offset = sizeof(*record) + end;
	length = put_path(scratch->text, end, PATHS_BYTES - 1, place_of(&fs->pwd), root, WALK_EXEC);
	record->cwd_length = length;
	if (length <= PATH_BYTES)
		end += length;
	return end;
}

static __always_inline void emit_exec(struct exec_scratch *scratch, const struct cgroups *cgroups, __u64 text,
				      struct counter *counter)
{
	scratch->record.cgroup_id = cgroup_id_of(cgroups);
	emit(&scratch->record.header, sizeof(scratch->record) + text, sizeof(*scratch), RING_EVENTS, TABLE_EXECS, counter);
}

static __always_inline int process_execed(struct task_struct *task, __u32 old_tid, struct linux_binprm *bprm)
{
	struct counter *counter = counter_of(TABLE_EXECS);
	struct exec_scratch *scratch = exec_scratch_here();
	struct fs_struct *fs = task->fs;
	struct mm_struct *mm = task->mm;
	struct exec_record *record;
	struct cgroups cgroups;
	__u64 args, kept;
	__u32 end = 0;
	long bytes;

	if (!counter)
		return 0;
	count(&counter->seen);
	if (!is_followed(task)) {
		count(&counter->filtered);
		return 0;
	}
	if (!scratch) {
		count_lost(counter, bpf_ktime_get_boot_ns());
		return 0;
	}
	record = &scratch->record;
	fill_exec(record, task);
	cgroups = cgroups_of(task);
	name_cgroup_of(&cgroups, RING_EVENTS, TABLE_EXECS);
	record->tid = old_tid;
	record->ret = 0;
	record->argc = bprm->argc;
	record->flags = take_comm(task, record->old_comm) ? 0 : PROGRAM_NO_OLD_COMM;
	record->filename_offset = sizeof(*record);
	bytes = bpf_probe_read_kernel_str(scratch->text, PATH_BYTES, bprm->filename);
	if (bytes > 0 && bytes <= PATH_BYTES) {
		record->filename_length = bytes - 1;
		end = bytes - 1;
	} else {
		record->filename_length = UNKNOWN32;
	}
	end = put_places(scratch, fs, mm, end);

	args = mm->arg_end - mm->arg_start;
	record->args_bytes = args;
	record->argv_offset = sizeof(*record) + end;
	record->argv_length = UNKNOWN32;
	kept = args < options.max_args_bytes ? args : options.max_args_bytes;
	barrier_var(kept); /* so that the bound is one of this very number */
	if (kept <= MAX_ARGS_BYTES && options.max_args_bytes &&
	    !bpf_probe_read_user(&scratch->text[end & (PATHS_BYTES - 1)], kept, (void *)mm->arg_start)) {
		record->argv_length = kept;
		end += kept;
	}
	emit_exec(scratch, &cgroups, end, counter);
	return 0;
}

#endif
