package dev.weft.backend.cpu.codegen;

import java.util.ArrayList;
import java.util.List;

/** Rows and columns of a square of vectors exchanged. */
final class Transposition {

    private Transposition() {}

    /** Lane {@code i} of result {@code j} is lane {@code j} of vector {@code i}; as many vectors as lanes, a power of two. */
    static List<String> of(IrBuilder ir, String element, List<String> vectors) {
        int size = vectors.size();
        String type = "<" + size + " x " + element + ">";
        List<String> level = vectors;
        for (int width = size / 2; width >= 1; width /= 2) {
            List<String> next = new ArrayList<>(level);
            for (int i = 0; i < size; i++) {
                if ((i & width) == 0) {
                    String pair = type + " " + level.get(i) + ", " + type + " " + level.get(i + width);
                    next.set(i, exchanged(ir, pair, size, width, 0));
                    next.set(i + width, exchanged(ir, pair, size, width, width));
                }
            }
            level = next;
        }
        return level;
    }

    /** Every other {@code width} lanes of both, from lane {@code first} on: those of the first vector before those of the second. */
    private static String exchanged(IrBuilder ir, String pair, int size, int width, int first) {
        StringBuilder places = new StringBuilder();
        for (int lane = 0; lane < size; lane++) {
            int place = (lane & width) == 0 ? lane + first : size + lane - width + first;
            places.append(lane == 0 ? "" : ", ").append("i32 ").append(place);
        }
        return ir.emit("shufflevector " + pair + ", <" + size + " x i32> <" + places + ">");
    }
}
