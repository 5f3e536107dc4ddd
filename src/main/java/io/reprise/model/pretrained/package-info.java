/**
 * Model directories: read by families, each of which is one table from our parameters to the names in its files, and written
 * so that Python reads them. Every config key and every weight is used, ignored by name, or refused with the reason.
 */
package io.reprise.model.pretrained;
