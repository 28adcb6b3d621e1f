/* pack_scan.h - a pack looked over as it arrives, before anybody unpacks it:
 * whole, and no larger once inflated than it may be.
 * Source: gitformat-pack(5). Knows the frame of a pack; never what its
 * objects mean. The second door to zlib. */
#ifndef TIAN_SYNC_PACK_SCAN_H
#define TIAN_SYNC_PACK_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

#define PACK_BYTES_MAX ((uint64_t)2 << 30)     /* as it travels */
#define PACK_INFLATED_MAX ((uint64_t)32 << 30) /* all objects together */

struct pack_scan;

int pack_scan_open(struct pack_scan **out, struct err *err);
/* ERR_CORRUPT: not a pack, an object that is larger than it says or than
 * objects may be (OBJECT_*_MAX), more than the limits. Nothing is inflated
 * beyond what an object's head states. */
int pack_scan_add(struct pack_scan *scan, const void *bytes, size_t len,
		  struct err *err);
/* The trailer has come. */
bool pack_scan_whole(const struct pack_scan *scan);
uint32_t pack_scan_objects(const struct pack_scan *scan);
void pack_scan_close(struct pack_scan *scan); /* NULL is fine */

#endif
