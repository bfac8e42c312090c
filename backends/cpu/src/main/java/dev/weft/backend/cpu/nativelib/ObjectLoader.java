package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the object files of kernels into executable memory, without LLVM: copies their sections, applies their relocations, and gives
 * functions of the C library ({@code memset}) a jump within reach. The memory is written first and executable afterwards, never both.
 * Closing unloads the code; safe to call twice.
 */
@SuppressWarnings("restricted") // mprotect is no part of the JDK
final class ObjectLoader implements LoadedCode {
    private static final int READ_EXECUTE = 5;
    private static final long PAGE = 4096;

    /** {@code jmp [rip + 2]}, two bytes of nothing, the address. */
    private static final long JUMP_BYTES = 16;

    private static final byte[] JUMP = {(byte) 0xff, 0x25, 2, 0, 0, 0, (byte) 0xcc, (byte) 0xcc};
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt HALF = ValueLayout.JAVA_INT_UNALIGNED;

    private final Arena arena = Arena.ofShared();
    private final Map<String, Long> addresses = new HashMap<>();
    private final Map<String, Long> jumps = new LinkedHashMap<>();
    private final MemorySegment memory;
    private final long jumpStart;

    /** @param files whose functions have different names */
    ObjectLoader(List<byte[]> files) {
        try {
            List<ElfObject> objects = files.stream().map(ElfObject::parse).toList();
            Map<ElfObject.Section, Long> places = new IdentityHashMap<>();
            long end = 0;
            for (ElfObject object : objects) {
                for (ElfObject.Section section : object.sections()) {
                    end = Math.ceilDiv(end, section.alignment()) * section.alignment();
                    places.put(section, end);
                    end += section.bytes().length;
                }
            }
            jumpStart = Math.ceilDiv(end, JUMP_BYTES) * JUMP_BYTES;
            long outside = objects.stream()
                    .flatMap(object -> object.symbols().stream())
                    .filter(ObjectLoader::isOutside)
                    .count();
            long size = Math.max(1, jumpStart + outside * JUMP_BYTES);
            memory = AnonymousMapping.map(Math.ceilDiv(size, PAGE) * PAGE, PAGE, arena);
            objects.forEach(object -> load(object, places));
            protect();
        } catch (IndexOutOfBoundsException | ArithmeticException damaged) {
            arena.close();
            throw new MachineException("machine code: its object file is damaged: " + damaged.getMessage(), damaged);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static boolean isOutside(ElfObject.Symbol symbol) {
        return symbol.section() == 0 && !symbol.name().isEmpty();
    }

    private void load(ElfObject object, Map<ElfObject.Section, Long> places) {
        for (ElfObject.Section section : object.sections()) {
            MemorySegment.copy(
                    section.bytes(), 0, memory, ValueLayout.JAVA_BYTE, places.get(section), section.bytes().length);
        }
        for (ElfObject.Symbol symbol : object.symbols()) {
            boolean inside =
                    symbol.section() > 0 && symbol.section() < object.sections().size();
            if (inside && !symbol.name().isEmpty()) {
                long place = places.get(object.sections().get(symbol.section()));
                addresses.put(symbol.name(), memory.address() + place + symbol.value());
            }
        }
        for (ElfObject.Relocation relocation : object.relocations()) {
            ElfObject.Symbol symbol = object.symbols().get(relocation.symbol());
            long target = isOutside(symbol)
                    ? memory.address() + jumps.computeIfAbsent(symbol.name(), this::jump)
                    : memory.address() + places.get(object.sections().get(symbol.section())) + symbol.value();
            long at = places.get(object.sections().get(relocation.section())) + relocation.offset();
            apply(relocation, target + relocation.addend(), at, isOutside(symbol));
        }
    }

    /** @param at offset of what is changed; of {@code R_X86_64_64} eight bytes, of others four */
    private void apply(ElfObject.Relocation relocation, long target, long at, boolean outside) {
        switch (relocation.type()) {
            case 1 -> memory.set(WORD, at, target); // R_X86_64_64
            case 2, 4 -> // R_X86_64_PC32, R_X86_64_PLT32
                memory.set(HALF, at, Math.toIntExact(target - memory.address() - at));
            case 24 -> memory.set(WORD, at, target - memory.address() - at); // R_X86_64_PC64
            case 9, 41, 42 -> { // R_X86_64_GOTPCREL and its forms that a linker may shorten
                if (!outside) {
                    throw unknown(relocation);
                }
                // The address lies in the second half of the jump.
                memory.set(HALF, at, Math.toIntExact(target + JUMP.length - memory.address() - at));
            }
            default -> throw unknown(relocation);
        }
    }

    private static MachineException unknown(ElfObject.Relocation relocation) {
        return new MachineException("machine code: has a relocation that is not known, of type " + relocation.type());
    }

    private long jump(String function) {
        MemorySegment address = Linker.nativeLinker()
                .defaultLookup()
                .find(function)
                .orElseThrow(() -> new MachineException(
                        "machine code: calls " + function + ", which the C library of this system does not have"));
        long place = jumpStart + jumps.size() * JUMP_BYTES;
        MemorySegment.copy(JUMP, 0, memory, ValueLayout.JAVA_BYTE, place, JUMP.length);
        memory.set(WORD, place + JUMP.length, address.address());
        return place;
    }

    private void protect() {
        int status = NativeFunction.ofSystem("mprotect", "IPLI").integer(memory, memory.byteSize(), READ_EXECUTE);
        if (status != 0) {
            throw new MachineException("machine code: this system does not let memory become executable"
                    + " (mprotect failed); choose --backend reference");
        }
    }

    @Override
    public MemorySegment find(String symbol) {
        Long address = addresses.get(symbol);
        if (address == null) {
            throw new DefectException("machine code: it must have a function " + symbol + ", but has none");
        }
        return MemorySegment.ofAddress(address);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
