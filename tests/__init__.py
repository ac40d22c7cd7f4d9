"""The tests mirror src/ropewalk room by room; journeys/ keeps promises to users, house/ the rules of the house."""
