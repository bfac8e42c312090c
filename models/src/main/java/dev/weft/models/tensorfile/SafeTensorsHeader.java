package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.json.Json;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code .safetensors} file says about itself: eight bytes of length, then JSON.
 *
 * @param dataStart bytes before the first tensor
 * @param entries   tensors by name, in the order of the file's JSON
 * @param metadata  the strings under {@code __metadata__}
 */
record SafeTensorsHeader(long dataStart, SequencedMap<String, Entry> entries, Map<String, String> metadata) {

    /** The format's own limit. */
    private static final long LONGEST = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** One tensor; {@code begin} counts from the first byte after the header. */
    record Entry(TensorType type, long begin) {
        long end() {
            return begin + type.bytes();
        }
    }

    SafeTensorsHeader {
        entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
        metadata = Map.copyOf(metadata);
    }

    static SafeTensorsHeader parse(Path path, MemorySegment file) {
        if (file.byteSize() < Long.BYTES) {
            throw new UserException(path + ": is not a .safetensors file; it has only " + file.byteSize() + " bytes");
        }
        long length = file.get(U64, 0);
        if (length < 2 || length > LONGEST) {
            throw new UserException(path + ": is not a .safetensors file; its header must take from 2 to " + LONGEST
                    + " bytes, got " + Long.toUnsignedString(length));
        }
        long dataStart = Long.BYTES + length;
        if (dataStart > file.byteSize()) {
            throw new UserException(
                    path + ": is truncated; its header needs " + dataStart + " bytes, the file has " + file.byteSize());
        }
        byte[] json = file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        Map<String, Object> object = Json.parseObject(text(path, json), path + ": header");
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = Map.of();
        for (Map.Entry<String, Object> member : object.entrySet()) {
            if (member.getKey().equals(METADATA)) {
                metadata = metadata(path, member.getValue());
            } else {
                entries.put(member.getKey(), entry(path + ": " + member.getKey(), member.getValue()));
            }
        }
        requireSideBySide(path, entries, file.byteSize() - dataStart);
        return new SafeTensorsHeader(dataStart, entries, metadata);
    }

    private static String text(Path path, byte[] json) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserException(path + ": header: must be UTF-8 text, and is not", e);
        }
    }

    private static Map<String, String> metadata(Path path, @Nullable Object value) {
        Map<String, String> strings = new LinkedHashMap<>();
        if (!(value instanceof Map<?, ?> map)) {
            throw new UserException(path + ": " + METADATA + " must be an object of strings");
        }
        map.forEach((key, text) -> {
            if (!(text instanceof String string)) {
                throw new UserException(path + ": " + METADATA + " must hold strings, got " + text + " for " + key);
            }
            strings.put((String) key, string);
        });
        return strings;
    }

    private static Entry entry(String subject, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)
                || !(map.get("dtype") instanceof String dtype)
                || !(map.get("shape") instanceof List<?> shape)
                || !(map.get("data_offsets") instanceof List<?> offsets)
                || offsets.size() != 2) {
            throw new UserException(subject + ": must have dtype, shape and two data_offsets");
        }
        TensorType type = Sizes.type(subject, element(subject, dtype), numbers(subject, shape));
        List<Long> range = numbers(subject, offsets);
        long begin = range.getFirst();
        long end = range.getLast();
        if (end < begin || end - begin != type.bytes()) {
            throw new UserException(
                    subject + ": data_offsets must span the " + type.bytes() + " bytes of " + type + ", got " + range);
        }
        return new Entry(type, begin);
    }

    private static List<Long> numbers(String subject, List<?> values) {
        List<Long> numbers = new ArrayList<>();
        for (Object value : values) {
            if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 0) {
                throw new UserException(
                        subject + ": sizes and offsets must be whole numbers from 0 to 2^63-1, got " + value);
            }
            numbers.add(((Number) value).longValue());
        }
        return numbers;
    }

    /** As the format demands: every byte after the header belongs to exactly one tensor. */
    private static void requireSideBySide(Path path, Map<String, Entry> entries, long bytes) {
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
        ordered.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long at = 0;
        String previous = "the header";
        for (Map.Entry<String, Entry> named : ordered) {
            Entry entry = named.getValue();
            if (entry.end() > bytes) {
                throw new UserException(path + ": is truncated; " + named.getKey() + " ends at byte " + entry.end()
                        + " of the data, of which there are " + bytes);
            }
            if (entry.begin() != at) {
                throw new UserException(path + ": " + named.getKey() + " must begin where " + previous
                        + " ends, at byte " + at + " of the data, got " + entry.begin());
            }
            at = entry.end();
            previous = named.getKey();
        }
        if (at != bytes) {
            throw new UserException(
                    path + ": has " + (bytes - at) + " bytes after its last tensor that belong to none");
        }
    }

    private static ElementType element(String subject, String dtype) {
        return switch (dtype) {
            case "F32" -> ElementType.F32;
            case "F64" -> ElementType.F64;
            case "F16" -> ElementType.F16;
            case "BF16" -> ElementType.BF16;
            case "I32" -> ElementType.I32;
            case "I64" -> ElementType.I64;
            case "I8" -> ElementType.I8;
            case "U8" -> ElementType.U8;
            case "BOOL" -> ElementType.BOOL;
            default ->
                throw new UserException(
                        subject + ": dtype must be one of F32 F64 F16 BF16 I32 I64 I8 U8 BOOL, got " + dtype);
        };
    }

    /** Widest elements first, so that every tensor lies on its alignment; otherwise in the order given. */
    static List<SafeTensors.Part> placed(List<? extends SafeTensors.Part> parts) {
        List<SafeTensors.Part> placed = new ArrayList<>(parts);
        placed.sort(Comparator.comparingInt(part -> -width(part)));
        return placed;
    }

    private static int width(SafeTensors.Part part) {
        Set<ElementType> elements =
                part.types().values().stream().map(TensorType::element).collect(Collectors.toSet());
        if (elements.size() != 1) {
            throw new IllegalArgumentException("safetensors: a part must have one element type, got " + elements);
        }
        return elements.iterator().next().bytes();
    }

    static byte[] print(List<SafeTensors.Part> parts, Map<String, String> metadata) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            object.put(METADATA, new TreeMap<>(metadata));
        }
        long at = 0;
        for (SafeTensors.Part part : parts) {
            for (Map.Entry<String, TensorType> named : part.types().entrySet()) {
                TensorType type = named.getValue();
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("dtype", type.element().name());
                entry.put("shape", type.shape().sizes());
                entry.put("data_offsets", new long[] {at, at + type.bytes()});
                if (object.put(named.getKey(), entry) != null) {
                    throw new IllegalArgumentException("safetensors: " + named.getKey() + " is given twice");
                }
                at += type.bytes();
            }
        }
        byte[] json = Json.line(object).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }
}
