#include <libxml/xmlversion.h>
// Only the inside of a converter depends on it, and its headers clash with those of Swift's own copy of ICU.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
