package dev.weft.backend.cpu.codegen;

import java.util.ArrayList;
import java.util.List;

/** Sums of the lanes of vectors of sixteen f32, always in the same order. */
final class VectorSums {

    private VectorSums() {}

    /** The sum of one vector: halves onto each other. */
    static String of(IrBuilder ir, String vector) {
        String all = vector;
        for (int lanes = 8; lanes >= 1; lanes /= 2) {
            all = ir.emit(
                    "fadd <" + lanes + " x float> " + half(ir, all, lanes, 0) + ", " + half(ir, all, lanes, lanes));
        }
        return ir.emit("extractelement <1 x float> " + all + ", i64 0");
    }

    private static String half(IrBuilder ir, String vector, int lanes, int from) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            places.add(from + i);
        }
        return shuffle(ir, 2 * lanes, vector, "poison", places);
    }

    /** Sums of sixteen vectors: lane {@code i} is the sum of vector {@code i}, in the order of {@link #of}. */
    static String ofSixteen(IrBuilder ir, List<String> vectors) {
        List<String> level = vectors;
        for (int width = 8; width >= 1; width /= 2) {
            List<String> next = new ArrayList<>();
            for (int i = 0; i < level.size() / 2; i++) {
                next.add(joined(ir, level.get(i), level.get(i + level.size() / 2), width));
            }
            level = next;
        }
        return level.getFirst();
    }

    /** The halves of each {@code 2 · width} lanes of both added up, those of {@code a} before those of {@code b}. */
    private static String joined(IrBuilder ir, String a, String b, int width) {
        List<Integer> low = new ArrayList<>();
        List<Integer> high = new ArrayList<>();
        for (int from = 0; from < 16; from += 2 * width) {
            for (int vector = 0; vector < 2; vector++) {
                for (int i = 0; i < width; i++) {
                    low.add(16 * vector + from + i);
                    high.add(16 * vector + from + width + i);
                }
            }
        }
        return ir.emit("fadd <16 x float> " + shuffle(ir, 16, a, b, low) + ", " + shuffle(ir, 16, a, b, high));
    }

    private static String shuffle(IrBuilder ir, int lanes, String a, String b, List<Integer> places) {
        StringBuilder mask = new StringBuilder();
        places.forEach(
                place -> mask.append(mask.isEmpty() ? "" : ", ").append("i32 ").append(place));
        String type = "<" + lanes + " x float>";
        return ir.emit("shufflevector " + type + " " + a + ", " + type + " " + b + ", <" + places.size() + " x i32> <"
                + mask + ">");
    }
}
