/* sql_memory.h - where SQLite takes its memory from.
 *
 * Every program that opens a replica reads its schema, some ten thousand
 * small pieces of memory, and most of them are given back at once. Taken from
 * lists of this thread by their size, without SQLite's lock and count around
 * each, that costs a third less. Knows sizes; knows no database. */
#ifndef TIAN_CORE_SQL_MEMORY_H
#define TIAN_CORE_SQL_MEMORY_H

/* Before SQLite is first used; later, or with a sanitizer, which is to see
 * each piece by itself, SQLite stays as it is. Comes again for nothing. */
void sql_memory_use(void);

#endif
