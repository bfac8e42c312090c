/**
 * JSON in and out as plain maps, lists, strings, numbers and booleans, so that no other package speaks Jackson. Errors name
 * the file and the place in it. Not exported.
 */
package dev.weft.models.json;
