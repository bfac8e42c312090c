package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.MachineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A relocatable object file of x86-64 as LLVM writes it for a kernel: the sections that are loaded, the symbols, the relocations. By the
 * ELF-64 object file format and the System V ABI's supplement for AMD64.
 *
 * @param sections those that take memory, by their index in the file; nothing elsewhere
 */
record ElfObject(List<Section> sections, List<Symbol> symbols, List<Relocation> relocations) {

    private static final int MAGIC = 0x464c457f;
    private static final int LITTLE_64 = 0x0102;
    private static final int RELOCATABLE = 1;
    private static final int X86_64 = 62;
    private static final int HEADER_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int RELOCATION_BYTES = 24;

    private static final long PAGE = 4096;
    private static final int PROGBITS = 1;
    private static final int SYMBOLS = 2;
    private static final int RELOCATIONS = 4;
    private static final int UNWINDING = 0x70000001;
    private static final long WRITE = 1;
    private static final long ALLOCATE = 2;

    /** What is loaded of a section; empty bytes where it is not. */
    record Section(byte[] bytes, long alignment) {
        private static final Section NONE = new Section(new byte[0], 1);
    }

    /** @param section its index; 0 for a function of another library */
    record Symbol(String name, int section, long value) {}

    /** @param section the index of the one that is changed */
    record Relocation(int section, long offset, int type, int symbol, long addend) {}

    private record Header(int type, long flags, int offset, int size, int link, int info, long alignment) {}

    ElfObject {
        sections = List.copyOf(sections);
        symbols = List.copyOf(symbols);
        relocations = List.copyOf(relocations);
    }

    /**
     * @throws MachineException if it is none that kernels are made as; code is only ever read whole, so a file that was altered has been
     *     refused before
     */
    static ElfObject parse(byte[] file) {
        try {
            return parse(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IndexOutOfBoundsException | IllegalArgumentException | NegativeArraySizeException damaged) {
            throw new MachineException("machine code: its object file is damaged: " + damaged.getMessage(), damaged);
        }
    }

    private static ElfObject parse(ByteBuffer in) {
        if (in.limit() < HEADER_BYTES
                || in.getInt(0) != MAGIC
                || in.getShort(4) != LITTLE_64
                || in.getShort(16) != RELOCATABLE
                || in.getShort(18) != X86_64) {
            throw new MachineException("machine code: must be an object file of x86-64, is none");
        }
        List<Header> headers = headers(in);
        List<Section> sections = new ArrayList<>();
        List<Symbol> symbols = new ArrayList<>();
        List<Relocation> relocations = new ArrayList<>();
        for (Header header : headers) {
            sections.add(isLoaded(header) ? new Section(bytes(in, header), header.alignment()) : Section.NONE);
            if (header.type() == SYMBOLS) {
                symbols(in, header, headers.get(header.link()), symbols);
            }
        }
        for (Header header : headers) {
            if (header.type() == RELOCATIONS && isLoaded(headers.get(header.info()))) {
                relocations(in, header, relocations);
            }
        }
        return new ElfObject(sections, symbols, relocations);
    }

    private static List<Header> headers(ByteBuffer in) {
        int at = Math.toIntExact(in.getLong(40));
        int step = in.getShort(58);
        int count = in.getShort(60);
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i < count; i++, at += step) {
            headers.add(new Header(
                    in.getInt(at + 4),
                    in.getLong(at + 8),
                    Math.toIntExact(in.getLong(at + 24)),
                    Math.toIntExact(in.getLong(at + 32)),
                    in.getInt(at + 40),
                    in.getInt(at + 44),
                    Math.max(1, in.getLong(at + 48))));
        }
        return headers;
    }

    /** Code and constants are; tables for exceptions, which kernels do not throw, are not. */
    private static boolean isLoaded(Header header) {
        if (header.alignment() > PAGE || Long.bitCount(header.alignment()) != 1) {
            throw new IllegalArgumentException("a section is aligned to " + header.alignment());
        }
        boolean loaded = (header.flags() & ALLOCATE) != 0 && header.type() != UNWINDING && header.size() > 0;
        if (loaded && (header.type() != PROGBITS || (header.flags() & WRITE) != 0)) {
            throw new MachineException("machine code: must have code and constants only, has a section of type "
                    + header.type() + " with flags " + header.flags());
        }
        return loaded;
    }

    private static byte[] bytes(ByteBuffer in, Header header) {
        byte[] bytes = new byte[header.size()];
        in.get(header.offset(), bytes);
        return bytes;
    }

    private static void symbols(ByteBuffer in, Header table, Header names, List<Symbol> symbols) {
        for (int at = table.offset(); at < table.offset() + table.size(); at += SYMBOL_BYTES) {
            symbols.add(new Symbol(text(in, names.offset() + in.getInt(at)), in.getShort(at + 6), in.getLong(at + 8)));
        }
    }

    private static String text(ByteBuffer in, int start) {
        int end = start;
        while (in.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void relocations(ByteBuffer in, Header table, List<Relocation> relocations) {
        for (int at = table.offset(); at < table.offset() + table.size(); at += RELOCATION_BYTES) {
            relocations.add(new Relocation(
                    table.info(), in.getLong(at), in.getInt(at + 8), in.getInt(at + 12), in.getLong(at + 16)));
        }
    }
}
