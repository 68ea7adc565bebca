/* The machine's allocator: small blocks from pages, exact accounting, the memory limit, and serial numbers. */
#include "vm.h"

#include <stdlib.h>

/* Large blocks carry their serial in front; 16 bytes keep the alignment. */
#define HC_LARGE_HEADER 16

static bool is_tagged_kind(size_t kind) {
  return kind == LUA_TTABLE || kind == LUA_TFUNCTION || kind == LUA_TTHREAD;
}

static size_t page_slot(const hc_pool *pool, const void *page) {
  uint64_t hash = ((uintptr_t)page / HC_PAGE_SIZE) * UINT64_C(0x9E3779B97F4A7C15);
  return (size_t)(hash >> 20) & (pool->page_capacity - 1);
}

static bool remember_page(hc_pool *pool, hc_page *page) {
  if ((pool->page_count + 1) * 2 > pool->page_capacity) {
    size_t capacity = pool->page_capacity ? pool->page_capacity * 2 : 64;
    hc_page **set = calloc(capacity, sizeof *set);
    if (!set) return false;
    hc_page **old = pool->page_set;
    size_t old_capacity = pool->page_capacity;
    pool->page_set = set;
    pool->page_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++) {
      if (!old[i]) continue;
      size_t slot = page_slot(pool, old[i]);
      while (set[slot]) slot = (slot + 1) & (capacity - 1);
      set[slot] = old[i];
    }
    free(old);
  }
  size_t slot = page_slot(pool, page);
  while (pool->page_set[slot]) slot = (slot + 1) & (pool->page_capacity - 1);
  pool->page_set[slot] = page;
  pool->page_count++;
  return true;
}

static hc_page *page_of(const hc_pool *pool, const void *address) {
  if (!pool->page_capacity) return NULL;
  hc_page *page = (hc_page *)((uintptr_t)address & ~(uintptr_t)(HC_PAGE_SIZE - 1));
  for (size_t slot = page_slot(pool, page); pool->page_set[slot]; slot = (slot + 1) & (pool->page_capacity - 1))
    if (pool->page_set[slot] == page) return page;
  return NULL;
}

static void *small_allocate(hc_pool *pool, size_t class, int tagged) {
  hc_free_block *block = pool->free[tagged][class];
  if (block) {
    pool->free[tagged][class] = block->next;
    return block;
  }
  size_t size = (class + 1) * HC_CLASS_STEP;
  if ((size_t)(pool->bump_end[tagged][class] - pool->bump[tagged][class]) < size) {
    hc_page *page = NULL;
    if (posix_memalign((void **)&page, HC_PAGE_SIZE, HC_PAGE_SIZE) != 0) return NULL;
    if (!remember_page(pool, page)) {
      free(page);
      return NULL;
    }
    page->next = pool->pages;
    page->block_size = (uint32_t)size;
    page->tagged = (uint32_t)tagged;
    pool->pages = page;
    pool->reserved += HC_PAGE_SIZE;
    /* A machine with another layout seed starts its pages elsewhere, so equal programs get other addresses. */
    size_t skip = (size_t)(pool->layout % 7) * size;
    if (sizeof(hc_page) + skip + size > HC_PAGE_SIZE) skip = 0;
    pool->bump[tagged][class] = (char *)page + sizeof(hc_page) + skip;
    pool->bump_end[tagged][class] = (char *)page + HC_PAGE_SIZE;
  }
  void *result = pool->bump[tagged][class];
  pool->bump[tagged][class] += size;
  return result;
}

static void small_free(hc_pool *pool, void *block) {
  hc_page *page = (hc_page *)((uintptr_t)block & ~(uintptr_t)(HC_PAGE_SIZE - 1));
  size_t class = page->block_size / HC_CLASS_STEP - 1;
  hc_free_block *freed = block;
  freed->next = pool->free[page->tagged][class];
  pool->free[page->tagged][class] = freed;
}

/* Decided by the size alone, because that is all Lua tells when it frees a block; a serial must still fit. */
static bool is_small(size_t size) { return size <= HC_SMALL_MAX - sizeof(uint64_t); }
static size_t class_of(size_t size) { return (size + HC_CLASS_STEP - 1) / HC_CLASS_STEP - 1; }

static void *fresh(hc_pool *pool, size_t kind, size_t size) {
  bool tagged = is_tagged_kind(kind);
  if (is_small(size)) {
    size_t class = class_of(tagged ? size + sizeof(uint64_t) : size);
    char *block = small_allocate(pool, class, tagged);
    if (block && tagged) {
      uint64_t serial = ++pool->next_serial;
      memcpy(block + (class + 1) * HC_CLASS_STEP - sizeof serial, &serial, sizeof serial);
    }
    return block;
  }
  char *block = malloc(size + HC_LARGE_HEADER);
  if (!block) return NULL;
  uint64_t serial = tagged ? ++pool->next_serial : 0;
  memcpy(block, &serial, sizeof serial);
  pool->reserved += size + HC_LARGE_HEADER;
  return block + HC_LARGE_HEADER;
}

static void give_back(hc_pool *pool, void *block, size_t size) {
  if (is_small(size)) {
    small_free(pool, block);
  } else {
    pool->reserved -= size + HC_LARGE_HEADER;
    free((char *)block - HC_LARGE_HEADER);
  }
}

void *hc_allocate(void *context, void *block, size_t old_size, size_t new_size) {
  hc_vm *vm = context;
  hc_pool *pool = &vm->pool;
  if (new_size == 0) {
    if (block) {
      give_back(pool, block, old_size);
      pool->used -= old_size;
    }
    return NULL;
  }
  size_t held = block ? old_size : 0;
  if (new_size > held && vm->enforce && vm->limit && pool->used + (new_size - held) > vm->base + vm->limit) return NULL;
  void *result;
  if (!block) {
    result = fresh(pool, old_size, new_size);
  } else if (!is_small(old_size) && !is_small(new_size)) {
    char *grown = realloc((char *)block - HC_LARGE_HEADER, new_size + HC_LARGE_HEADER);
    result = grown ? grown + HC_LARGE_HEADER : NULL;
    if (result) pool->reserved = pool->reserved - old_size + new_size;
  } else if (is_small(old_size) && is_small(new_size) && class_of(old_size) == class_of(new_size)) {
    result = block;
  } else {
    result = fresh(pool, 0, new_size);
    if (result) {
      memcpy(result, block, old_size < new_size ? old_size : new_size);
      give_back(pool, block, old_size);
    }
  }
  if (!result) return NULL;
  pool->used = pool->used - held + new_size;
  if (pool->used > pool->peak) pool->peak = pool->used;
  return result;
}

uint64_t hc_serial(hc_vm *vm, const void *object) {
  hc_page *page = page_of(&vm->pool, object);
  uint64_t serial = 0;
  if (page) {
    if (!page->tagged) return 0;
    const char *first = (const char *)page + sizeof(hc_page);
    size_t index = (size_t)((const char *)object - first) / page->block_size;
    memcpy(&serial, first + (index + 1) * page->block_size - sizeof serial, sizeof serial);
  }
  return serial;
}

void hc_pool_close(hc_pool *pool) {
  hc_page *page = pool->pages;
  while (page) {
    hc_page *next = page->next;
    free(page);
    page = next;
  }
  free(pool->page_set);
  memset(pool, 0, sizeof *pool);
}
