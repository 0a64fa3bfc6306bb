package io.jobs4j.core.model;

/**
 * How far a transfer has come, in the form that job histories show (Tapis, "Job monitoring",
 * "Polling").
 *
 * @param averageRate bytes a second, 0 if too short to tell
 * @param totalFiles files of the transfer
 * @param source where the files come from, as a URI
 * @param totalActiveTransfers files under way at this moment
 * @param totalBytes bytes of all files
 * @param totalBytesTransferred bytes that have arrived
 */
public record TransferProgress(
    long averageRate,
    long totalFiles,
    String source,
    long totalActiveTransfers,
    long totalBytes,
    long totalBytesTransferred) {}
