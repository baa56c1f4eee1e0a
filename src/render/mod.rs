//! The report as text. A format is one file and one line here; a renderer is a total function of a finished
//! report: it neither filters, reorders nor decides.
