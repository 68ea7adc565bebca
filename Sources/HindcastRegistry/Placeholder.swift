// Placeholder so that the package graph builds; the first real file replaces it.
