// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 32 * 1024 * 1024);
} ring_deaths SEC(".maps");

char LICENSE[] SEC("license") = "Dual BSD/GPL";
