/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_VICTIM_H
#define EXITBOX_VICTIM_H

/* What the OOM killer chose, and whose allocation ran out: the current task's. */

static __always_inline __u64 pages_of(__s64 count)
{
	return count > 0 ? (__u64)count * options.page_bytes : 0;
}

static __always_inline void fill_sizes(struct oom_record *record, struct mm_struct *mm)
{
	struct mm_struct___before_6_2 *old = (struct mm_struct___before_6_2 *)mm;
	__s64 counts[NR_MM_COUNTERS] = {};

	record->total_vm_bytes = mm->total_vm * options.page_bytes;
	record->pgtables_bytes = mm->pgtables_bytes.counter;
	if (bpf_core_field_exists(old->rss_stat.count)) {
		bpf_core_read(counts, sizeof(counts), &old->rss_stat.count);
	} else {
		counts[MM_FILEPAGES] = mm->rss_stat[MM_FILEPAGES].count;
		counts[MM_ANONPAGES] = mm->rss_stat[MM_ANONPAGES].count;
		counts[MM_SWAPENTS] = mm->rss_stat[MM_SWAPENTS].count;
		counts[MM_SHMEMPAGES] = mm->rss_stat[MM_SHMEMPAGES].count;
	}
	record->anon_rss_bytes = pages_of(counts[MM_ANONPAGES]);
	record->file_rss_bytes = pages_of(counts[MM_FILEPAGES]);
	record->shmem_rss_bytes = pages_of(counts[MM_SHMEMPAGES]);
	record->swap_bytes = pages_of(counts[MM_SWAPENTS]);
}

static __always_inline void fill_trigger(struct oom_record *record)
{
	struct sender trigger;

	fill_sender(&trigger);
	record->trigger_pid = trigger.pid;
	record->trigger_tid = trigger.tid;
	record->trigger_start_boot_ns = trigger.start_boot_ns;
	copy_16(record->trigger_comm, trigger.comm);
	record->reserved = 0;
}

static __always_inline int victim_chosen(struct task_struct *task)
{
	struct counter *counter = counter_of(TABLE_OOMS);
	struct task_struct *leader = task->group_leader;
	struct oom_record *record;
	struct cgroups cgroups;

	if (!counter)
		return 0;
	count(&counter->seen);
	if (!is_followed(task)) {
		count(&counter->filtered);
		return 0;
	}
	cgroups = cgroups_of(task);
	name_cgroup_of(&cgroups, RING_DEATHS, TABLE_OOMS);
	record = reserve(struct oom_record, RING_DEATHS, TABLE_OOMS, counter);
	if (!record)
		return 0;
	record->pid = task->tgid;
	record->tid = task->pid;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	copy_16(record->comm, leader->comm);
	record->uid = task->real_cred->uid.val;
	record->oom_score_adj = task->signal->oom_score_adj;
	record->memcg = memcg_oom(&cgroups);
	fill_sizes(record, task->mm);
	record->cgroup_id = cgroup_id_of(&cgroups);
	fill_trigger(record);
	submit(record, RING_DEATHS);
	return 0;
}

/* Where the kernel gives a number only: the rest is what the SIGKILL just before was for, and the sizes stay unknown. */
static __always_inline int victim_numbered(__u32 tid)
{
	struct counter *counter = counter_of(TABLE_OOMS);
	struct doom_key key = { .pid = tid, .signal = SIGKILL };
	struct oom_record *record;
	struct doom *doom;

	if (!counter)
		return 0;
	count(&counter->seen);
	if (options.tree && !is_in_followed(tid)) {
		count(&counter->filtered);
		return 0;
	}
	record = reserve(struct oom_record, RING_DEATHS, TABLE_OOMS, counter);
	if (!record)
		return 0;
	__builtin_memset((char *)record + sizeof(record->header), 0xff, sizeof(*record) - sizeof(record->header));
	__builtin_memset(record->comm, 0, sizeof(record->comm));
	record->pid = tid;
	record->tid = tid;
	record->oom_score_adj = 0;
	doom = bpf_map_lookup_elem(&doomed, &key);
	if (doom) {
		record->start_mono_ns = doom->start_mono_ns;
		record->start_boot_ns = doom->start_boot_ns;
		record->uid = doom->uid;
		record->oom_score_adj = doom->oom_score_adj;
		record->cgroup_id = doom->cgroup_id;
		copy_16(record->comm, doom->comm);
	}
	fill_trigger(record);
	submit(record, RING_DEATHS);
	return 0;
}

#endif
