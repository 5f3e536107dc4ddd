/**
 * How alike the circuits of two models are, whatever their depths, widths and numbers of heads. {@link
 * io.reprise.analysis.overlap.between.SignatureReader} describes every component without reference to the model's width; {@link
 * io.reprise.analysis.overlap.between.Calibration} turns similarities into percentiles of a null; {@link
 * io.reprise.analysis.overlap.between.Between} matches components and gives a distance; {@link
 * io.reprise.analysis.overlap.between.CrossCsi} puts it between a null and a ceiling.
 */
package io.reprise.analysis.overlap.between;
