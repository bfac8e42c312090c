/**
 * A backend that hands everything to another one and counts what it is asked. What comes in and goes out is that of the backend
 * behind it; the counts are among its capabilities.
 */
package com.example.counting;
