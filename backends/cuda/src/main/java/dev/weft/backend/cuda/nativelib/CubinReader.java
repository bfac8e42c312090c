package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.nativelib.Cubin.Kernel;
import dev.weft.backend.cuda.nativelib.Cubin.Parameter;
import dev.weft.graph.DefectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads a cubin, which is an ELF file: code in {@code .text.NAME}, facts about a kernel in {@code .nv.info.NAME} and about all of them in
 * {@code .nv.info}, static shared memory in {@code .nv.shared.NAME}.
 */
final class CubinReader {
    private static final int ELF = 0x464c457f;
    private static final int CLASS_64 = 2;
    private static final int NO_BITS = 8;
    private static final int SYMBOL_TABLE = 2;
    private static final int SYMBOL_BYTES = 24;
    private static final int INSTRUCTION_BYTES = 16;
    private static final int OPCODE_MASK = 0xfff;
    private static final int ACCESS_SHIFT = 9;
    private static final int ACCESS_MASK = 7;

    /** Facts of whose four bytes the last two are the value; the others are followed by as many bytes as these say. */
    private static final int SHORT_FACT = 3;

    private static final int LONG_FACT = 4;
    private static final int REGISTER_COUNT = 0x2f;
    private static final int PARAMETER = 0x17;
    private static final int PARAMETER_BYTES = 0x19;
    private static final int PARAMETER_SIZE_SHIFT = 18;

    private record Section(String name, int type, int offset, int size, int link) {}

    private final ByteBuffer file;
    private final Map<String, Section> sections = new LinkedHashMap<>();

    CubinReader(byte[] bytes) {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 64 || file.getInt(0) != ELF || file.get(4) != CLASS_64) {
            throw new DefectException(
                    "cubin: it must be an ELF file of 64 bits, but is not; it has " + bytes.length + " bytes");
        }
    }

    Cubin read() {
        readSections();
        Map<String, Integer> registers = registers();
        List<Kernel> kernels = new ArrayList<>();
        for (Section section : List.copyOf(sections.values())) {
            if (section.name().startsWith(".text.")) {
                String name = section.name().substring(".text.".length());
                if (sections.containsKey(".nv.info." + name)) {
                    kernels.add(kernel(name, section, registers.getOrDefault(name, 0)));
                }
            }
        }
        return new Cubin(kernels);
    }

    private void readSections() {
        int table = (int) file.getLong(0x28);
        int size = Short.toUnsignedInt(file.getShort(0x3a));
        int count = Short.toUnsignedInt(file.getShort(0x3c));
        int names = (int) file.getLong(table + Short.toUnsignedInt(file.getShort(0x3e)) * size + 0x18);
        for (int i = 0; i < count; i++) {
            int at = table + i * size;
            String name = text(names + file.getInt(at));
            // Several may have no name or the same one, such as lists of relocations: none of these is read.
            sections.putIfAbsent(
                    name.isEmpty() ? "#" + i : name,
                    new Section(
                            name,
                            file.getInt(at + 4),
                            (int) file.getLong(at + 0x18),
                            (int) file.getLong(at + 0x20),
                            file.getInt(at + 0x28)));
        }
    }

    private Kernel kernel(String name, Section code, int registers) {
        Map<Integer, Parameter> parameters = new TreeMap<>();
        int[] parameterBytes = new int[1];
        for (Fact fact : facts(Objects.requireNonNull(sections.get(".nv.info." + name)))) {
            if (fact.attribute() == PARAMETER) {
                int ordinal = Short.toUnsignedInt(file.getShort(fact.at() + 4));
                int offset = Short.toUnsignedInt(file.getShort(fact.at() + 6));
                parameters.put(ordinal, new Parameter(offset, file.getInt(fact.at() + 8) >>> PARAMETER_SIZE_SHIFT));
            } else if (fact.attribute() == PARAMETER_BYTES) {
                parameterBytes[0] = fact.value();
            }
        }
        Section shared = sections.get(".nv.shared." + name);
        return new Kernel(
                name,
                List.copyOf(parameters.values()),
                parameterBytes[0],
                shared == null ? 0 : shared.size(),
                registers,
                opcodes(code),
                accesses(code));
    }

    /** Where an instruction's second word says how much it moves: 1, 1, 2, 2, 4, 8 or 16 bytes. */
    private Map<Integer, Integer> accesses(Section code) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int at = code.offset(); at < code.offset() + code.size(); at += INSTRUCTION_BYTES) {
            int opcode = (int) file.getLong(at) & OPCODE_MASK;
            if (opcode == Cubin.LDG || opcode == Cubin.STG) {
                int size = (int) (file.getLong(at + Long.BYTES) >> ACCESS_SHIFT) & ACCESS_MASK;
                counts.merge(size < 4 ? 1 << size / 2 : 1 << size - 2, 1, Integer::sum);
            }
        }
        return counts;
    }

    private Map<Integer, Integer> opcodes(Section code) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int at = code.offset(); at < code.offset() + code.size(); at += INSTRUCTION_BYTES) {
            counts.merge((int) file.getLong(at) & OPCODE_MASK, 1, Integer::sum);
        }
        return counts;
    }

    /** Registers of each kernel; they are told by its place in the table of symbols. */
    private Map<String, Integer> registers() {
        Map<String, Integer> registers = new HashMap<>();
        Section info = sections.get(".nv.info");
        Section symbols = sections.values().stream()
                .filter(section -> section.type() == SYMBOL_TABLE)
                .findFirst()
                .orElse(null);
        Section names = sections.get(".strtab");
        if (info == null || symbols == null || names == null) {
            return registers;
        }
        for (Fact fact : facts(info)) {
            if (fact.attribute() == REGISTER_COUNT) {
                int symbol = symbols.offset() + file.getInt(fact.at()) * SYMBOL_BYTES;
                registers.put(text(names.offset() + file.getInt(symbol)), file.getInt(fact.at() + 4));
            }
        }
        return registers;
    }

    /** @param at where its bytes begin, of a long one */
    private record Fact(int attribute, int value, int at) {}

    private List<Fact> facts(Section section) {
        List<Fact> facts = new ArrayList<>();
        if (section.type() == NO_BITS) {
            return facts;
        }
        int at = section.offset();
        while (at + 4 <= section.offset() + section.size()) {
            int format = file.get(at);
            int attribute = Byte.toUnsignedInt(file.get(at + 1));
            int value = Short.toUnsignedInt(file.getShort(at + 2));
            at += 4;
            if (format == LONG_FACT) {
                facts.add(new Fact(attribute, value, at));
                at += value;
            } else if (format <= SHORT_FACT) {
                facts.add(new Fact(attribute, value, at));
            } else {
                throw new DefectException(
                        "cubin: section " + section.name() + " has a fact of unknown format " + format);
            }
        }
        return facts;
    }

    private String text(int at) {
        int end = at;
        while (file.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        file.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
