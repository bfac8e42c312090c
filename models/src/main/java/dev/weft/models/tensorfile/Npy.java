package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's {@code .npy}, versions 1 to 3, little-endian and in C order
 * (<a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">format</a>).
 */
public final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The dictionary that NumPy writes; its three keys come sorted, but readers accept them in any order. */
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']*'|True|False|\\([0-9,\\sL]*\\))\\s*(,|$)");

    private Npy() {}

    /**
     * The tensor in {@code path}, mapped into {@code arena}.
     *
     * @throws UserException if the file is not a {@code .npy} file, is truncated, or holds what Weft has no type for
     */
    public static Tensor read(Path path, Arena arena) {
        MemorySegment file = map(path, arena);
        int prefix = MAGIC.length + 2;
        if (file.byteSize() < prefix + 2
                || !Arrays.equals(file.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC)) {
            throw new UserException(path + ": is not a .npy file (it does not start with \\x93NUMPY)");
        }
        int version = file.get(ValueLayout.JAVA_BYTE, MAGIC.length);
        if (version < 1 || version > 3) {
            throw new UserException(path + ": .npy version must be 1, 2 or 3, got " + version);
        }
        int start = prefix + (version == 1 ? 2 : 4);
        if (file.byteSize() < start) {
            throw truncated(path, start, file.byteSize());
        }
        long length = version == 1 ? file.get(U16, prefix) & 0xffff : file.get(U32, prefix) & 0xffff_ffffL;
        if (length > file.byteSize() - start) {
            throw truncated(path, start + length, file.byteSize());
        }
        byte[] header = file.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
        TensorType type = parse(path, new String(header, StandardCharsets.UTF_8));
        long data = start + length;
        if (type.bytes() != file.byteSize() - data) {
            throw new UserException(path + ": its header says " + type + ", " + type.bytes() + " bytes, but "
                    + (file.byteSize() - data) + " follow");
        }
        Tensor tensor = Tensor.mapped(type, file.asSlice(data), arena);
        Sizes.requireBools(path.toString(), type, tensor.data());
        return tensor;
    }

    private static MemorySegment map(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        }
    }

    private static UserException truncated(Path path, long needed, long got) {
        return new UserException(
                path + ": is truncated; its header alone needs " + needed + " bytes, the file has " + got);
    }

    private static TensorType parse(Path path, String header) {
        String trimmed = header.strip();
        if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) {
            throw badHeader(path, header);
        }
        String body = trimmed.substring(1, trimmed.length() - 1);
        String descr = "";
        String order = "";
        String shape = "";
        Matcher entry = ENTRY.matcher(body);
        int at = 0;
        while (at < body.stripTrailing().length()) {
            if (!entry.find(at) || entry.start() != at) {
                throw badHeader(path, header);
            }
            String value = entry.group(2);
            switch (entry.group(1)) {
                case "descr" -> descr = value;
                case "fortran_order" -> order = value;
                default -> shape = value;
            }
            at = entry.end();
        }
        if (!descr.startsWith("'") || !shape.startsWith("(") || !(order.equals("True") || order.equals("False"))) {
            throw badHeader(path, header);
        }
        ElementType element = element(path, descr.substring(1, descr.length() - 1));
        TensorType type = Sizes.type(path.toString(), element, sizes(path, shape));
        if (order.equals("True") && type.rank() > 1) {
            throw new UserException(path + ": must be in C order, got Fortran order; save numpy.ascontiguousarray(x)");
        }
        return type;
    }

    private static List<Long> sizes(Path path, String shape) {
        List<Long> sizes = new ArrayList<>();
        for (String size : shape.substring(1, shape.length() - 1).split(",", -1)) {
            String digits = size.strip();
            if (digits.isEmpty()) {
                continue;
            }
            try {
                sizes.add(Long.parseLong(digits));
            } catch (NumberFormatException e) {
                throw new UserException(path + ": sizes must be numbers of at most 63 bits, got " + shape, e);
            }
        }
        return sizes;
    }

    private static UserException badHeader(Path path, String header) {
        String shown = header.length() > 100 ? header.substring(0, 100) + "…" : header.strip();
        return new UserException(
                path + ": its header must be a dictionary of descr, fortran_order and shape, got " + shown);
    }

    private static ElementType element(Path path, String descr) {
        return switch (descr) {
            case "<f4" -> ElementType.F32;
            case "<f8" -> ElementType.F64;
            case "<f2" -> ElementType.F16;
            case "<i4" -> ElementType.I32;
            case "<i8" -> ElementType.I64;
            case "|i1", "<i1" -> ElementType.I8;
            case "|u1", "<u1" -> ElementType.U8;
            case "|b1" -> ElementType.BOOL;
            default ->
                throw new UserException(path + ": element type must be one of <f4 <f8 <f2 <i4 <i8 |i1 |u1 |b1, got "
                        + descr
                        + (descr.startsWith(">") ? " (big-endian); save x.astype('<" + descr.substring(1) + "')" : ""));
        };
    }

    /** Writes {@code tensor} to {@code path}, whole or not at all. */
    public static void write(Path path, Tensor tensor) {
        String dictionary = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
                .formatted(descr(tensor.type().element()), tuple(tensor.type()));
        int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
        int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
        int length = dictionary.length() + padding + 1;
        if (length > 0xffff) {
            throw new UserException(path + ": the type " + tensor.type() + " is too long for a .npy header");
        }
        byte[] header = (dictionary + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] prefix = Arrays.copyOf(MAGIC, MAGIC.length + 4);
        prefix[MAGIC.length] = 1;
        prefix[MAGIC.length + 2] = (byte) length;
        prefix[MAGIC.length + 3] = (byte) (length >>> 8);
        AtomicFiles.write(path, channel -> {
            Segments.write(channel, MemorySegment.ofArray(prefix));
            Segments.write(channel, MemorySegment.ofArray(header));
            Segments.write(channel, tensor.data());
        });
    }

    private static String descr(ElementType element) {
        return switch (element) {
            case F32 -> "<f4";
            case F64 -> "<f8";
            case F16 -> "<f2";
            case I32 -> "<i4";
            case I64 -> "<i8";
            case I8 -> "|i1";
            case U8 -> "|u1";
            case BOOL -> "|b1";
            case BF16 ->
                throw new UserException(".npy: has no " + element + "; cast to f32 first, or write .safetensors");
        };
    }

    /** A Python tuple: {@code ()}, {@code (3,)}, {@code (3, 4)}. */
    private static String tuple(TensorType type) {
        long[] sizes = type.shape().sizes();
        String inner = Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "(" + inner + (sizes.length == 1 ? ",)" : ")");
    }
}
