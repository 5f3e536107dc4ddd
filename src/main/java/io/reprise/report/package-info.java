/**
 * Run directories and result records → HTML, SVG and PNG.
 *
 * <p>The same input gives the same bytes: nothing here reads a clock, a locale or a random number.
 */
package io.reprise.report;
