package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * A C function for calls that are not on a hot path; the method says what the function returns. The JVM makes a dozen small classes for
 * each list of types that it calls with, in every process anew. So all arguments but a fraction go as the 64-bit words that registers
 * take, of which a function reads as much as it declares: functions of one number of arguments share what is made.
 *
 * @param signature letters as in {@link NativeCalls#bind}
 * @param call takes the address, then the words, a fraction as it is
 */
record NativeFunction(String name, String signature, MemorySegment address, MethodHandle call) {

    static NativeFunction bind(SymbolLookup library, String name, String signature) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new DefectException("native library: it must export " + name + ", but does not"));
        return at(address, name, signature);
    }

    /** A function of the C library. */
    static NativeFunction ofSystem(String name, String signature) {
        return bind(Linker.nativeLinker().defaultLookup(), name, signature);
    }

    @SuppressWarnings("restricted") // native access is what this package is for
    static NativeFunction at(MemorySegment address, String name, String signature) {
        String words = hasFraction(signature) ? "LLFLL" : "L".repeat(signature.length());
        return new NativeFunction(
                name, signature, address, Linker.nativeLinker().downcallHandle(NativeCalls.descriptor(words)));
    }

    /** There is one function with a fraction, and it has it as the second of four arguments. */
    private static boolean hasFraction(String signature) {
        return signature.length() == "LLFLL".length() && signature.charAt(2) == 'F';
    }

    MemorySegment pointer(Object... arguments) {
        return MemorySegment.ofAddress(call(arguments));
    }

    int integer(Object... arguments) {
        return (int) call(arguments);
    }

    byte small(Object... arguments) {
        return (byte) call(arguments);
    }

    long size(Object... arguments) {
        return call(arguments);
    }

    void run(Object... arguments) {
        call(arguments);
    }

    /** What the function returns; of less than 64 bits only the lowest count. */
    private long call(Object... arguments) {
        if (arguments.length != signature.length() - 1) {
            throw new DefectException("native call %s: it takes %d arguments, got %d"
                    .formatted(name, signature.length() - 1, arguments.length));
        }
        try {
            return hasFraction(signature) ? withFraction(arguments) : words(arguments);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(name, failure);
        } finally {
            Reference.reachabilityFence(arguments);
        }
    }

    private long withFraction(Object... of) throws Throwable {
        return (long) call.invokeExact(address, word(of[0]), (float) of[1], word(of[2]), word(of[3]));
    }

    private long words(Object... of) throws Throwable {
        return switch (of.length) {
            case 0 -> (long) call.invokeExact(address);
            case 1 -> (long) call.invokeExact(address, word(of[0]));
            case 2 -> (long) call.invokeExact(address, word(of[0]), word(of[1]));
            case 3 -> (long) call.invokeExact(address, word(of[0]), word(of[1]), word(of[2]));
            case 4 -> (long) call.invokeExact(address, word(of[0]), word(of[1]), word(of[2]), word(of[3]));
            case 5 -> (long) call.invokeExact(address, word(of[0]), word(of[1]), word(of[2]), word(of[3]), word(of[4]));
            case 6 ->
                (long) call.invokeExact(
                        address, word(of[0]), word(of[1]), word(of[2]), word(of[3]), word(of[4]), word(of[5]));
            case 7 ->
                (long) call.invokeExact(
                        address,
                        word(of[0]),
                        word(of[1]),
                        word(of[2]),
                        word(of[3]),
                        word(of[4]),
                        word(of[5]),
                        word(of[6]));
            default -> throw new DefectException("native call " + name + ": more than seven arguments");
        };
    }

    private long word(Object argument) {
        return switch (argument) {
            case MemorySegment segment when segment.isNative() -> segment.address();
            case Number number -> number.longValue();
            default -> throw new DefectException("native call " + name + ": cannot be given " + argument);
        };
    }
}
