package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** NVIDIA's driver, initialized: its functions, its devices, and what its statuses mean. */
final class Driver {
    static final int OUT_OF_MEMORY = 2;
    private static final int OLDEST_VERSION = 13_000;
    private static final String EARLIER = "; what was given to the device before is the cause:"
            + " WEFT_JAVA_OPTS=-Dweft.cuda.stepwise=true runs it piece by piece and names the piece";

    private static final int MULTIPROCESSORS = 16;
    private static final int CACHE_BYTES = 38;
    private static final int THREADS_PER_MULTIPROCESSOR = 39;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int SHARED_BYTES_PER_BLOCK = 97;

    private final FunctionTable<DriverFunction> functions;
    private final int version;

    private Driver(FunctionTable<DriverFunction> functions, int version) {
        this.functions = functions;
        this.version = version;
    }

    /**
     * Initializes the driver.
     *
     * @throws MachineException if it is an empty one, one that is too old, or no device that it knows
     */
    static Driver open(SymbolLookup library) {
        int version = version(library);
        if (version < OLDEST_VERSION) {
            throw new MachineException("cuda backend: NVIDIA's driver must support CUDA " + versionText(OLDEST_VERSION)
                    + ", but the one here supports " + versionText(version) + "; install driver 580 or later");
        }
        Driver driver = new Driver(FunctionTable.of(DriverFunction.class, library, "NVIDIA's driver"), version);
        driver.check(driver.functions.status(DriverFunction.INIT, 0), "looking for devices");
        return driver;
    }

    /** Asked for before all other functions, of which an old driver lacks some. */
    private static int version(SymbolLookup library) {
        MemorySegment function = library.find(DriverFunction.DRIVER_VERSION.symbol())
                .orElseThrow(() -> new MachineException("cuda backend: it needs NVIDIA's driver, but the libcuda.so.1"
                        + " here has no functions, as in containers without access to a GPU; install the driver, or start"
                        + " the container with the GPU"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_INT);
            int status = (int) FunctionTable.link(function, DriverFunction.DRIVER_VERSION.signature())
                    .invokeExact(version.address());
            if (status != 0) {
                throw new MachineException("cuda backend: NVIDIA's driver does not tell its version; status " + status);
            }
            return version.get(ValueLayout.JAVA_INT, 0);
        } catch (MachineException known) {
            throw known;
        } catch (Throwable failure) {
            throw FunctionTable.unexpected(DriverFunction.DRIVER_VERSION, failure);
        }
    }

    private static String versionText(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    FunctionTable<DriverFunction> functions() {
        return functions;
    }

    /** The newest CUDA that the driver supports: {@code 13.0}. */
    String version() {
        return versionText(version);
    }

    /** A function that writes one number to the address which is its first argument. */
    long read(String doing, DriverFunction function, Object... others) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
            Object[] arguments = new Object[others.length + 1];
            arguments[0] = cell.address();
            System.arraycopy(others, 0, arguments, 1, others.length);
            check(functions.status(function, arguments), doing);
            return cell.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    int devices() {
        return (int) read("counting devices", DriverFunction.DEVICE_COUNT);
    }

    /** The driver's number of the device that comes in this place. */
    int device(int ordinal) {
        int count = devices();
        if (ordinal < 0 || ordinal >= count) {
            throw new MachineException(
                    "cuda backend: there must be a device " + ordinal + ", but this machine has " + count);
        }
        return (int) read("choosing device " + ordinal, DriverFunction.DEVICE, ordinal);
    }

    DeviceFacts facts(int device) {
        return new DeviceFacts(
                name(device),
                attribute(device, CAPABILITY_MAJOR),
                attribute(device, CAPABILITY_MINOR),
                attribute(device, MULTIPROCESSORS),
                attribute(device, THREADS_PER_MULTIPROCESSOR),
                attribute(device, SHARED_BYTES_PER_BLOCK),
                attribute(device, CACHE_BYTES),
                read("asking for the memory of a device", DriverFunction.DEVICE_MEMORY, device));
    }

    private int attribute(int device, int attribute) {
        return (int) read("asking for attribute " + attribute, DriverFunction.DEVICE_ATTRIBUTE, attribute, device);
    }

    private String name(int device) {
        int room = 256;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(room);
            check(
                    functions.status(DriverFunction.DEVICE_NAME, name.address(), room, device),
                    "asking for the name of a device");
            return name.getString(0);
        }
    }

    /** Ends in an exception unless the status is 0. */
    void check(int status, String doing) {
        if (status != 0) {
            throw failure(status, doing);
        }
    }

    RuntimeException failure(int status, String doing) {
        String name = described(DriverFunction.ERROR_NAME, status);
        String sentence = "cuda device: " + doing + " failed with " + name + " (" + status + "): "
                + described(DriverFunction.ERROR_TEXT, status);
        String whole = isOfWorkBefore(status) ? sentence + EARLIER : sentence;
        return misuse(status) ? new DefectException(whole) : new MachineException(whole);
    }

    /** Statuses of kernels that have ended the context: every call after them has the same one. */
    private static boolean isOfWorkBefore(int status) {
        return status == 700 || status == 702 || status == 710 || status >= 714 && status <= 719;
    }

    /**
     * Statuses that say that the backend asked for what it should not have: wrong values and handles, kernels that reach outside memory or
     * are launched with too much, and what may not be captured.
     */
    private static boolean misuse(int status) {
        return status == 1
                || status >= 200 && status <= 201
                || status == 218
                || status == 400
                || status == 500
                || status >= 700 && status <= 701
                || status >= 714 && status <= 718
                || status >= 900 && status <= 908;
    }

    private String described(DriverFunction function, int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ValueLayout.JAVA_LONG);
            int known = functions.status(function, status, text.address());
            return known == 0 ? FunctionTable.text(text.get(ValueLayout.JAVA_LONG, 0)) : "unknown status";
        }
    }
}
