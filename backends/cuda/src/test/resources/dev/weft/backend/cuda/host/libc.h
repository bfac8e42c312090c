// The functions of the C library that the worker uses, declared by hand: there are no headers.
extern "C" {
long read(int file, void* to, unsigned long bytes);
long write(int file, const void* from, unsigned long bytes);
int close(int file);
int memfd_create(const char* name, unsigned flags);
int ftruncate(int file, long bytes);
void* mmap(void* at, unsigned long bytes, int protection, int flags, int file, long offset);
int mprotect(void* at, unsigned long bytes, int protection);
int fallocate(int file, int mode, long offset, long bytes);
void* dlopen(const char* path, int flags);
void* dlsym(void* library, const char* name);
int dlclose(void* library);
char* dlerror();
void* malloc(unsigned long bytes);
void free(void* at);
void* memset(void* to, int byte, unsigned long bytes);
void* memcpy(void* to, const void* from, unsigned long bytes);
int memcmp(const void* a, const void* b, unsigned long bytes);
int strcmp(const char* a, const char* b);
unsigned long strlen(const char* text);
long long strtoll(const char* text, char** end, int base);
int snprintf(char* to, unsigned long bytes, const char* format, ...);
int vsnprintf(char* to, unsigned long bytes, const char* format, __builtin_va_list arguments);
[[noreturn]] void _exit(int status);
int fork();
int waitpid(int child, int* status, int options);

struct Action {
    void (*handler)(int signal, const u8* information, const u8* context);
    unsigned long mask[16];
    int flags;
    void (*restorer)();
};
struct SignalStack {
    void* at;
    int flags;
    unsigned long bytes;
};
struct Interval {
    long again_seconds, again_microseconds, seconds, microseconds;
};
struct FileLimit {
    unsigned long now, most;
};
int getrlimit(int what, FileLimit* limit);
int setrlimit(int what, const FileLimit* limit);
int sigaction(int signal, const Action* action, Action* former);
int sigaltstack(const SignalStack* stack, SignalStack* former);
int setitimer(int which, const Interval* value, Interval* former);
}

enum { PROTECTION_NONE = 0, PROTECTION_READ_WRITE = 3 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_NORESERVE = 0x4000, MAP_FIXED_NOREPLACE = 0x100000 };
enum { RTLD_NOW = 2 };
enum { OPEN_FILES = 7 };
