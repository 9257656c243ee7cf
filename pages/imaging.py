from views.entrance import enter_page
from views.imaging import show

enter_page(show)
