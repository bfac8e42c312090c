package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The functions of one library, all of them looked up before any is called. Calls to each are linked when it is first called, which costs
 * more than looking it up. For any thread.
 */
@SuppressWarnings("restricted") // native access is what this package is for
final class FunctionTable<F extends Enum<F> & NativeSymbol> {
    private final Map<F, MemorySegment> addresses;
    private final Map<F, MethodHandle> handles;

    private FunctionTable(Class<F> functions, Map<F, MemorySegment> addresses) {
        this.addresses = addresses;
        this.handles = new EnumMap<>(functions);
    }

    /**
     * Looks up all functions.
     *
     * @param where the library, for messages
     * @throws MachineException with the names of those that it lacks
     */
    static <F extends Enum<F> & NativeSymbol> FunctionTable<F> of(
            Class<F> functions, SymbolLookup library, String where) {
        Map<F, MemorySegment> addresses = new EnumMap<>(functions);
        List<String> missing = new ArrayList<>();
        for (F function : functions.getEnumConstants()) {
            Optional<MemorySegment> address = library.find(function.symbol());
            address.ifPresentOrElse(found -> addresses.put(function, found), () -> missing.add(function.symbol()));
        }
        if (!missing.isEmpty()) {
            throw new MachineException("cuda backend: " + where + " must have the functions of CUDA 13.0, but lacks "
                    + summary(missing) + "; install the library of CUDA 13.0 or later");
        }
        return new FunctionTable<>(functions, addresses);
    }

    private static String summary(List<String> names) {
        int shown = Math.min(names.size(), 4);
        String first = String.join(", ", names.subList(0, shown));
        return shown == names.size() ? first : first + " and " + (names.size() - shown) + " others";
    }

    /** The function, to be called with primitives: {@code int} for I, {@code long} for L. */
    synchronized MethodHandle handle(F function) {
        return handles.computeIfAbsent(
                function, key -> link(Objects.requireNonNull(addresses.get(key)), key.signature()));
    }

    static MethodHandle link(MemorySegment address, String signature) {
        return Linker.nativeLinker().downcallHandle(address, descriptor(signature));
    }

    /** Calls a function that returns a status. Slow: for what does not happen in every step. */
    int status(F function, Object... arguments) {
        return (int) call(function, arguments);
    }

    /** Calls a function that returns an address or a size. */
    long word(F function, Object... arguments) {
        return (long) call(function, arguments);
    }

    /** Calls a function that returns a text. */
    String text(F function, Object... arguments) {
        return text(word(function, arguments));
    }

    /** The text at an address; of none, a question mark. */
    static String text(long address) {
        return address == 0
                ? "?"
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    private Object call(F function, Object... arguments) {
        try {
            return handle(function).invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw unexpected(function, failure);
        }
    }

    /** What a call threw: a sentence about its status, or else the signature is wrong, since native functions throw nothing. */
    static RuntimeException unexpected(NativeSymbol function, Throwable failure) {
        return switch (failure) {
            case Error error -> throw error;
            case MachineException known -> known;
            case DefectException known -> known;
            default -> new DefectException("native call " + function.symbol() + " failed: " + failure, failure);
        };
    }

    static FunctionDescriptor descriptor(String signature) {
        MemoryLayout[] parameters =
                signature.substring(1).chars().mapToObj(FunctionTable::layout).toArray(MemoryLayout[]::new);
        return FunctionDescriptor.of(layout(signature.charAt(0)), parameters);
    }

    private static MemoryLayout layout(int letter) {
        return switch (letter) {
            case 'L' -> ValueLayout.JAVA_LONG;
            case 'I' -> ValueLayout.JAVA_INT;
            default -> throw new DefectException("native signature: unknown letter " + (char) letter);
        };
    }
}
