"""What several wings need and none owns: errors, lab time, whole files, workers. Nothing of ELVIS or windows."""
