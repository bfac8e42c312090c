// The worker: owns device memory, loads objects, and does what is asked of it on standard input until that ends.
#include "worker.h"

enum Request { LOAD, UNLOAD, FIND, LAUNCH, MULTIPLY, OPEN_MEMORY, CLOSE_MEMORY, TRY };

// Where device memory begins; HostMemory says the same.
constexpr u64 MEMORY = 0x200000000000;

constexpr i64 MOST_STATIC_SHARED = 48 * 1024;

static Order order;
static i64 memory_bytes;
static int memory_file;
static i64 most_shared;

static void write_all(const void* from, u64 bytes) {
    for (const u8* at = (const u8*) from; bytes > 0;) {
        long written = write(1, at, bytes);
        if (written <= 0) _exit(1);
        at += written;
        bytes -= written;
    }
}

void answer(i64 value, const char* sentence) {
    static u8 message[2048];
    i32 length = (i32) strlen(sentence);
    memcpy(message, &value, 8);
    memcpy(message + 8, &length, 4);
    memcpy(message + 12, sentence, length);
    write_all(message, 12 + length);
}

static void read_all(void* to, u64 bytes) {
    for (u8* at = (u8*) to; bytes > 0;) {
        long got = read(0, at, bytes);
        if (got <= 0) _exit(0);
        at += got;
        bytes -= got;
    }
}

static void open_device_memory(i64 bytes) {
    memory_file = memfd_create("weft-device-memory", 0);
    void* wanted = (void*) MEMORY;
    if (memory_file < 0 || ftruncate(memory_file, bytes) != 0
            || mmap(wanted, bytes, PROTECTION_NONE, MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, memory_file, 0) != wanted) {
        fail("the host device's memory cannot be mapped");
    }
}

// A loaded object. Its file stays open, because the loader would take a later one of the same number for this one.
struct Module {
    void* library;
    int file;
};

static Module* keep(const Module& module) {
    Module* kept = (Module*) malloc(sizeof(Module));
    *kept = module;
    return kept;
}

static void load(const u8* object, i64 bytes) {
    int file = memfd_create("weft-kernels", 0);
    for (i64 at = 0; at < bytes;) {
        long written = write(file, object + at, bytes - at);
        if (written <= 0) fail("there is no memory for kernels");
        at += written;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    void* library = dlopen(path, RTLD_NOW);
    if (library) return answer((i64) keep({library, file}), "");
    answer(0, dlerror());
    close(file);
}

static void unload(Module* module) {
    dlclose(module->library);
    close(module->file);
    free(module);
    answer(0, "");
}

// What is wrong, with the kernel's name before it.
__attribute__((format(printf, 2, 3))) static void refuse(const char* kernel, const char* format, ...) {
    char sentence[512];
    int at = snprintf(sentence, sizeof sentence, "kernel %s: ", kernel);
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    vsnprintf(sentence + at, sizeof sentence - at, format, arguments);
    __builtin_va_end(arguments);
    answer(0, sentence);
}

static i64 static_bytes(const Kernel* kernel) {
    return kernel->shared_end - kernel->shared;
}

static void find(const Module* module, const char* name) {
    const Kernel* kernel = (const Kernel*) dlsym(module->library, "weft_kernels");
    while (kernel && kernel->name && strcmp(kernel->name, name) != 0) kernel++;
    if (!kernel || !kernel->name) return refuse(name, "must be in the module");
    if (static_bytes(kernel) > MOST_STATIC_SHARED) {
        return refuse(name, "its shared variables must fit in %lld bytes, they take %lld", MOST_STATIC_SHARED, static_bytes(kernel));
    }
    answer((i64) kernel, "");
}

// How a kernel is launched, the number of its parameters, and these.
static Launch described(const i64* words) {
    return {(const Kernel*) words[0], words[1], words[2], words[3], words[4], (const u64*) words + 6};
}

// Whether it may be launched so.
static bool is_right(const i64* words, const Launch& what) {
    const Kernel& kernel = *what.kernel;
    if (words[5] != kernel.parameters) {
        refuse(kernel.name, "takes %d parameters, launched with %lld", kernel.parameters, words[5]);
        return false;
    }
    i64 shared = static_bytes(what.kernel) + what.shared_bytes;
    if (shared > most_shared) {
        refuse(kernel.name, "must not take more than %lld bytes of shared memory a block, takes %lld", most_shared, shared);
        return false;
    }
    return true;
}

static void launch(const i64* words) {
    Launch what = described(words);
    if (!is_right(words, what)) return;
    order == ALL ? launch_in_all_orders(what) : launch(what);
    answer(0, "");
}

// The number of kernels that lack something, and these, before what a launch takes.
static void try_lacking(const i64* words) {
    const i64* launched = words + 1 + words[0];
    Launch what = described(launched);
    if (is_right(launched, what)) answer((i64) try_lacking(what, (const Kernel* const*) words + 1, words[0]), "");
}

bool is_device_address(u64 address) {
    return address - MEMORY < (u64) memory_bytes;
}

static void protect(const i64* words, bool open) {
    if (mprotect((void*) words[0], words[1], open ? PROTECTION_READ_WRITE : PROTECTION_NONE) != 0) {
        return answer(0, "memory cannot be opened to kernels");
    }
    open ? opened((u8*) words[0], words[1]) : closed((const u8*) words[0]);
    // Keeps the size and gives the pages back.
    if (!open) fallocate(memory_file, 3, (long) (words[0] - MEMORY), words[1]);
    answer(0, "");
}

static void serve(Request request, const u8* payload, i64 bytes) {
    const i64* words = (const i64*) payload;
    switch (request) {
        case LOAD: return load(payload, bytes);
        case UNLOAD: return unload((Module*) words[0]);
        case FIND: return find((const Module*) words[0], (const char*) (words + 1));
        case LAUNCH: return launch(words);
        case MULTIPLY: multiply(words); return answer(0, "");
        case OPEN_MEMORY: return protect(words, true);
        case CLOSE_MEMORY: return protect(words, false);
        case TRY: return try_lacking(words);
    }
}

static void allow_many_files() {
    FileLimit limit;
    if (getrlimit(OPEN_FILES, &limit) != 0) return;
    limit.now = limit.most;
    setrlimit(OPEN_FILES, &limit);
}

// Arguments: bytes of device memory's addresses, bytes of shared memory, order, seed, milliseconds a kernel may take.
int main(int, char** arguments) {
    i64 numbers[5];
    for (int i = 0; i < 5; i++) numbers[i] = strtoll(arguments[i + 1], nullptr, 10);
    allow_many_files();
    prepare_faults(numbers[4]);
    memory_bytes = numbers[0];
    open_device_memory(memory_bytes);
    most_shared = numbers[1];
    order = (Order) numbers[2];
    prepare_threads(order, (u64) numbers[3], most_shared);
    answer(memory_file, "");
    for (i64 room = 0, *payload = nullptr;;) {
        i32 head[2];
        read_all(head, sizeof head);
        if (head[1] > room) {
            free(payload);
            room = head[1];
            payload = (i64*) malloc(room);
        }
        read_all(payload, head[1]);
        serve((Request) head[0], (const u8*) payload, head[1]);
    }
}

// What a C compiler's start files do.
extern "C" int __libc_start_main(int (*)(int, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
extern "C" [[noreturn]] __attribute__((used)) void weft_start(long* stack) {
    __libc_start_main(main, (int) stack[0], (char**) (stack + 1), nullptr, nullptr, nullptr, stack);
    __builtin_unreachable();
}
asm(R"(
.globl _start
_start:
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call weft_start
)");
