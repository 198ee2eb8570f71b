// The descriptors that plugins may not close: the standard streams, those of reports, and the files that the host has open.
#ifndef ESPALIER_DESCRIPTORS_H
#define ESPALIER_DESCRIPTORS_H

namespace espalier {

/// Keeps the standard streams and the descriptors of reports.
void keepDescriptors(int errors, int json);

/// Counts what is open now among the host's.
void rememberFiles();

/// Opens what stands for the standard streams that are gone; whether one was.
bool reopenStreams();

}  // namespace espalier
#endif
