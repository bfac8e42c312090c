// What a kernel's object and the worker that runs it know of each other. Neither sees a system header.
typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

// A kernel as its object lists it. Shared variables lie between `shared` and `shared_end`; both are null if there are none.
struct Kernel {
    const char* name;
    void (*call)(const u64* parameters);
    u8* shared;
    u8* shared_end;
    i32 parameters;
};

// Kernels of an object: `weft_kernels`, ended by one without a name.

// Where the running thread is.
struct Position {
    i64 block, block_y, blocks;
    i32 thread, threads;
};

#define CONVERGENT __attribute__((convergent))

extern "C" {
extern Position weft_position;
// Dynamic shared memory of the running block.
extern u8* weft_dynamic;
// Waits until all threads of the block are at this place.
CONVERGENT void weft_barrier(const char* file, i32 line);
// Waits until all lanes of the warp are at this place; the last one does the work, given what each lane brought.
CONVERGENT void weft_meet(void* brought, void (*work)(void* const* lanes), const char* file, i32 line);
}
