package dev.weft.models;

/**
 * The first value of a computation that is no finite number.
 *
 * @param value what it is: {@code NaN from finite operands}, {@code inf from finite operands}
 * @param operation the operation that gave it, {@code log}; {@code stored} or {@code input} where it was there before
 * @param origin {@code file:line:column} and the path of the instance; the tensor's name where it was there before; empty if unknown
 */
public record NonFinite(String value, String operation, String origin) {

    @Override
    public String toString() {
        return value + " in " + operation + (origin.isEmpty() ? "" : " at " + origin);
    }
}
