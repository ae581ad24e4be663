/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_EXEC_FAILED_H
#define EXITBOX_EXEC_FAILED_H

/*
 * Execs that failed, seen where their system call ends: by then the kernel has read what it was given, so most of it
 * is in memory and can be read here too. The hook costs something on every system call of every task.
 */

#if defined(__TARGET_ARCH_x86)

#define HAS_EXEC_FAILED
#define NR_EXECVE 59
#define NR_EXECVEAT 322
#define TS_COMPAT 0x0002 /* a 32-bit system call: other numbers, other registers */

#define syscall_number(regs) ((regs)->orig_ax)
#define syscall_arguments(regs) { (regs)->di, (regs)->si, (regs)->dx }
#define is_compat(task) ((task)->thread_info.status & TS_COMPAT)

#elif defined(__TARGET_ARCH_arm64)

#define HAS_EXEC_FAILED
#define NR_EXECVE 221
#define NR_EXECVEAT 281
#define TIF_32BIT 22

#define syscall_number(regs) ((regs)->syscallno)
#define syscall_arguments(regs) { (regs)->orig_x0, (regs)->regs[1], (regs)->regs[2] }
#define is_compat(task) ((task)->thread_info.flags >> TIF_32BIT & 1)

#endif

#ifdef HAS_EXEC_FAILED

#define FAILED_ARGS 64
#define FAILED_ARGS_BYTES (32 * 1024)

/* Puts the arguments of user space's array behind `end` bytes of text, and returns the new end. */
static __always_inline __u32 put_arguments(struct exec_scratch *scratch, __u64 argv, __u32 end)
{
	struct exec_record *record = &scratch->record;
	__u64 pointer, at;
	bool whole = false;
	long bytes;
	int i;

	record->argv_offset = sizeof(*record) + end;
	record->argv_length = UNKNOWN32;
	record->args_bytes = UNKNOWN64;
	record->argc = UNKNOWN32;
	if (!options.max_args_bytes)
		return end;
	record->argv_length = 0;
	for (i = 0; i < FAILED_ARGS; i++) {
		pointer = 0;
		if (bpf_probe_read_user(&pointer, sizeof(pointer), (void *)(argv + i * sizeof(pointer))))
			break;
		if (!pointer) {
			whole = true;
			break;
		}
		at = end + record->argv_length;
		barrier_var(at);
		if (at >= PATHS_BYTES + FAILED_ARGS_BYTES || record->argv_length >= options.max_args_bytes)
			break;
		bytes = bpf_probe_read_user_str(&scratch->text[at], PATH_BYTES, (void *)pointer);
		if (bytes <= 0)
			break;
		record->argv_length += bytes;
		if (bytes == PATH_BYTES) /* cut, as far as one can tell */
			break;
	}
	if (whole)
		record->argc = i;
	if (record->argv_length > options.max_args_bytes) {
		record->argv_length = options.max_args_bytes;
		whole = false;
	}
	record->args_bytes = record->argv_length + (whole ? 0 : 1); /* at least one byte more */
	return end + record->argv_length;
}

static __always_inline int exec_refused(struct task_struct *task, __u64 filename, __u64 argv, long ret)
{
	struct counter *counter = counter_of(TABLE_EXECS);
	struct exec_scratch *scratch = exec_scratch_here();
	struct exec_record *record;
	struct cgroups cgroups;
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
	record->tid = task->pid;
	record->ret = ret;
	record->flags = 0;
	copy_16(record->old_comm, record->comm);
	record->filename_offset = sizeof(*record);
	record->filename_length = UNKNOWN32;
	bytes = bpf_probe_read_user_str(scratch->text, PATH_BYTES, (void *)filename);
	if (bytes > 0 && bytes <= PATH_BYTES) {
		record->filename_length = bytes - 1;
		end = bytes - 1;
	}
	end = put_places(scratch, task->fs, task->mm, end);
	end = put_arguments(scratch, argv, end);
	emit_exec(scratch, &cgroups, end, counter);
	return 0;
}

static __always_inline int syscall_ended(struct pt_regs *regs, long ret)
{
	__u64 arguments[] = syscall_arguments(regs);
	struct task_struct *task;

	/* Without a typed current task (before 5.11) this one is not worth its cost. */
	if (!has_current_task_btf())
		return 0;
	task = bpf_get_current_task_btf();
	if (is_compat(task))
		return 0;
	if (syscall_number(regs) == NR_EXECVE)
		return exec_refused(task, arguments[0], arguments[1], ret);
	return exec_refused(task, arguments[1], arguments[2], ret);
}

#endif
#endif
