package dev.weft.bench.torch;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Arrays between two processes: a length, then the elements. */
final class Wire {

    private Wire() {}

    static void write(DataOutputStream out, int[] array) throws IOException {
        out.writeInt(array.length);
        for (int element : array) {
            out.writeInt(element);
        }
    }

    static void write(DataOutputStream out, long[] array) throws IOException {
        out.writeInt(array.length);
        for (long element : array) {
            out.writeLong(element);
        }
    }

    static void write(DataOutputStream out, double[] array) throws IOException {
        out.writeInt(array.length);
        for (double element : array) {
            out.writeDouble(element);
        }
    }

    static int[] ints(DataInputStream in) throws IOException {
        int[] array = new int[in.readInt()];
        for (int i = 0; i < array.length; i++) {
            array[i] = in.readInt();
        }
        return array;
    }

    static long[] longs(DataInputStream in) throws IOException {
        long[] array = new long[in.readInt()];
        for (int i = 0; i < array.length; i++) {
            array[i] = in.readLong();
        }
        return array;
    }

    static double[] doubles(DataInputStream in) throws IOException {
        double[] array = new double[in.readInt()];
        for (int i = 0; i < array.length; i++) {
            array[i] = in.readDouble();
        }
        return array;
    }
}
