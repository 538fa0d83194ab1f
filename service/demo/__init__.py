"""An invented Ambito at work, for who wants to see Trama before installing it."""
